namespace SiaEngine.Cuda.Simulator;

/// <summary>What a multiprocessor holds of a kernel at a time.</summary>
/// <param name="Blocks">Blocks.</param>
/// <param name="Warps">Warps.</param>
/// <param name="Fraction">Warps as a fraction of the most there can be.</param>
/// <param name="Limit">What keeps the number from being larger: warps, registers, shared memory or blocks.</param>
public readonly record struct Occupancy(int Blocks, int Warps, double Fraction, string Limit);

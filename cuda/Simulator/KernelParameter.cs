namespace SiaEngine.Cuda.Simulator;

/// <summary>What a launch gave for a parameter.</summary>
/// <param name="Name">Name in the PTX.</param>
/// <param name="Type">Declared type.</param>
/// <param name="Bits">The value, in the low bytes.</param>
/// <param name="Extent">Bytes behind an address; 0 for a number.</param>
public readonly record struct KernelParameter(string Name, PtxType Type, ulong Bits, nuint Extent);

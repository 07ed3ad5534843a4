namespace SiaEngine.Cuda.Simulator;

/// <summary>Addresses a kernel may touch.</summary>
/// <param name="First">First address.</param>
/// <param name="End">First address behind it.</param>
/// <param name="Allocation">Where it lies.</param>
/// <param name="Argument">Number of the tensor argument that names it, or −1 for a whole allocation.</param>
internal sealed record MemoryRange(ulong First, ulong End, Allocation Allocation, int Argument);

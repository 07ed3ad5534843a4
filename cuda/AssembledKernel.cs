namespace SiaEngine.Cuda;

/// <summary>What the assembler says of a kernel or function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Registers">32-bit registers per thread; 0 for functions that are not kernels.</param>
/// <param name="SpillStores">Bytes stored because registers did not suffice.</param>
/// <param name="SpillLoads">Bytes loaded back.</param>
/// <param name="Stack">Bytes of stack per thread.</param>
/// <param name="SharedBytes">Bytes of static shared memory per block.</param>
public readonly record struct AssembledKernel(string Name, int Registers, int SpillStores, int SpillLoads, int Stack, int SharedBytes);

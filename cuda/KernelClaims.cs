namespace SiaEngine.Cuda;

/// <summary>What a kernel's header says of one launch.</summary>
/// <param name="Grid">Blocks along x, y, z.</param>
/// <param name="Block">Threads along x, y, z.</param>
/// <param name="SharedBytes">Shared memory per block, static and dynamic, bytes.</param>
/// <param name="ReadBytes">Distinct bytes of global memory read.</param>
/// <param name="WriteBytes">Distinct bytes of global memory written.</param>
/// <param name="Flops">Floating-point operations.</param>
public readonly record struct KernelClaims(
    (long X, long Y, long Z) Grid, (long X, long Y, long Z) Block, long SharedBytes, double ReadBytes, double WriteBytes, double Flops);

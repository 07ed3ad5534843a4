namespace SiaEngine.Cpu;

/// <summary>Where a micro-kernel leaves its tile: C = alpha · tile + beta · C, row stride in elements.</summary>
internal readonly unsafe struct TileStore<T>(T* c, nint stride, T alpha, T beta) where T : unmanaged
{
    public readonly T* C = c;
    public readonly nint Stride = stride;
    public readonly T Alpha = alpha;
    public readonly T Beta = beta;
}

namespace SiaEngine.Cpu;

/// <summary>Where a micro-kernel leaves its tile: C = alpha · tile + beta · addend, row stride of both in elements.</summary>
internal readonly unsafe struct TileStore<T>(T* c, T* addend, nint stride, T alpha, T beta) where T : unmanaged
{
    public readonly T* C = c;

    /// <summary>Elements from a place in C to the same place in the addend; 0 if the addend is C itself.</summary>
    public readonly nint ToAddend = (nint)(addend - c);
    public readonly nint Stride = stride;
    public readonly T Alpha = alpha;
    public readonly T Beta = beta;
}

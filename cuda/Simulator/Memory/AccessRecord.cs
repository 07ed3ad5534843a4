namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Who touched one aligned word (or half, or byte) last: the last write and up to two reads since, as <see cref="Epoch"/>s. Two reads are enough: they are kept as far
/// apart as possible (two blocks before two warps before two lanes), so that whoever writes without the barrier it needs is unordered with one of them.
/// After a strong write they are plain accesses before it, reads or writes: strong accesses to come may race with those, though not with each other.
/// </summary>
internal struct AccessRecord
{
    /// <summary>Launch or block the record belongs to; any other makes it empty.</summary>
    public uint Tag;

    /// <summary>Number of the pair of halves if positive: they hold the record then. Negative: the pair exists but is not in use. 0: there is none.</summary>
    public int Split;

    /// <summary>Last write, or 0.</summary>
    public ulong Write;

    /// <summary>A read since, or 0.</summary>
    public ulong ReadA;

    /// <summary>Another read since, or 0.</summary>
    public ulong ReadB;
}

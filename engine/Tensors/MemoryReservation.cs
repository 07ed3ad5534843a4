namespace SiaEngine;

/// <summary>
/// Blocks that captured work uses inside. They never go back to the pool's common store while a capture holds them, because a replay writes to them; later captures
/// that share the reservation may use those that are idle.
/// </summary>
public sealed class MemoryReservation
{
    private readonly List<Storage> _blocks = [];
    private readonly Dictionary<nuint, Stack<Storage>> _idle = [];
    private int _holders;

    internal MemoryReservation()
    {
    }

    /// <summary>Bytes reserved.</summary>
    public long Bytes { get; private set; }

    /// <summary>One more capture uses it.</summary>
    public void Hold() => _holders++;

    /// <summary>Whether the last capture that used it has gone.</summary>
    internal bool Drop() => --_holders == 0;

    internal bool TryTake(nuint size, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Storage? block)
    {
        block = null;
        return _idle.TryGetValue(size, out var stack) && stack.TryPop(out block);
    }

    internal void Own(Storage block)
    {
        block.Reservation = this;
        _blocks.Add(block);
        Bytes += (long)block.Bytes;
    }

    internal void Return(Storage block)
    {
        if (!_idle.TryGetValue(block.Bytes, out var stack)) _idle.Add(block.Bytes, stack = new Stack<Storage>());
        stack.Push(block);
    }

    /// <summary>Takes all blocks out; those nobody holds are returned, the others belong to the pool once they are released.</summary>
    internal IEnumerable<Storage> Dissolve()
    {
        foreach (var block in _blocks) block.Reservation = null;
        _blocks.Clear();
        Bytes = 0;
        foreach (var stack in _idle.Values)
            foreach (var block in stack) yield return block;
        _idle.Clear();
    }
}

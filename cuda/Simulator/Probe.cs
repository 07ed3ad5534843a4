namespace SiaEngine.Cuda.Simulator;

/// <summary>Records which address each lane of one warp touches, for pictures of access patterns.</summary>
/// <param name="block">Linear number of the block to watch.</param>
/// <param name="warp">Warp within the block.</param>
/// <param name="executions">How many executions of each instruction to record.</param>
public sealed class Probe(long block, int warp, int executions = 1)
{
    private readonly List<ProbeAccess> _accesses = [];
    private readonly Dictionary<int, int> _seen = [];

    /// <summary>Linear number of the watched block.</summary>
    public long Block { get; } = block;

    /// <summary>Watched warp within the block.</summary>
    public int Warp { get; } = warp;

    /// <summary>The accesses in the order they happened.</summary>
    public IReadOnlyList<ProbeAccess> Accesses => _accesses;

    /// <summary>Records an access; called for the watched warp only.</summary>
    internal unsafe void Record(Step step, uint mask, StateSpace space, ulong* addresses, int bytes, bool write)
    {
        var execution = _seen.GetValueOrDefault(step.Pc);
        if (execution >= executions) return;
        _seen[step.Pc] = execution + 1;
        _accesses.Add(new ProbeAccess(step.Pc, step.Source.Line, execution, space, write, bytes, mask, new ReadOnlySpan<ulong>(addresses, 32).ToArray()));
    }
}

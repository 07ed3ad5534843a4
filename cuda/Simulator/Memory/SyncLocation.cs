namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A word of memory through which threads are ordered: what was released into it, in order. Whoever reads the word with a strong access at version n knows the
/// first n releases. Later plain overwrites do not empty it, so a few races behind reused flags are missed and none is invented.
/// </summary>
internal sealed class SyncLocation
{
    private readonly List<ClockSnapshot> _releases = [];
    private readonly HashSet<ClockSnapshot> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<long, List<int>> _ofBlock = [];

    /// <summary>Releases so far.</summary>
    public int Version => _releases.Count;

    /// <summary>One of them.</summary>
    public ClockSnapshot this[int index] => _releases[index];

    /// <summary>Adds a release.</summary>
    public void Release(ClockSnapshot snapshot)
    {
        if (!_known.Add(snapshot)) return;
        if (!_ofBlock.TryGetValue(snapshot.Block, out var list)) _ofBlock.Add(snapshot.Block, list = []);
        list.Add(_releases.Count);
        _releases.Add(snapshot);
    }

    /// <summary>Whether one of the first releases covers what a thread did at a clock.</summary>
    public bool Covers(int version, long reader, long block, int thread, int clock)
    {
        if (!_ofBlock.TryGetValue(block, out var list)) return false;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (list[i] >= version) continue;
            var snapshot = _releases[list[i]];
            if (snapshot.BlockOnly && block != reader) continue;
            if (snapshot.Covers(thread, clock)) return true;
        }

        return false;
    }
}

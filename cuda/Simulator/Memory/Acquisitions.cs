namespace SiaEngine.Cuda.Simulator;

/// <summary>The words through which a thread learnt what others had released, and how much each held by then. Never changes.</summary>
internal sealed class Acquisitions
{
    private readonly (SyncLocation Location, int Version)[] _entries;

    private Acquisitions((SyncLocation, int)[] entries) => _entries = entries;

    /// <summary>Adds what a word holds now.</summary>
    public static Acquisitions? With(Acquisitions? acquired, SyncLocation location) => Add(acquired, location, location.Version);

    /// <summary>Both together.</summary>
    public static Acquisitions? Union(Acquisitions? a, Acquisitions? b)
    {
        if (a is null || ReferenceEquals(a, b)) return b;
        if (b is null) return a;
        foreach (var (location, version) in b._entries) a = Add(a, location, version);
        return a;
    }

    /// <summary>Whether something released through these words covers what a thread of a block did at a clock, directly or through further words.</summary>
    /// <param name="reader">Block that asks: releases of scope cta count inside it only.</param>
    /// <param name="block">Block of the thread.</param>
    /// <param name="thread">Thread within it.</param>
    /// <param name="clock">Its clock.</param>
    public bool Covers(long reader, long block, int thread, int clock)
    {
        foreach (var (location, version) in _entries)
            if (location.Covers(version, reader, block, thread, clock)) return true;
        var seen = new Dictionary<SyncLocation, int>();
        var open = new Stack<(SyncLocation Location, int Version)>(_entries);
        while (open.TryPop(out var next))
        {
            var from = seen.GetValueOrDefault(next.Location);
            if (from >= next.Version) continue;
            seen[next.Location] = next.Version;
            if (next.Location.Covers(next.Version, reader, block, thread, clock)) return true;
            for (var i = from; i < next.Version; i++)
            {
                var snapshot = next.Location[i];
                if (snapshot.Acquired is null || (snapshot.BlockOnly && snapshot.Block != reader)) continue;
                foreach (var entry in snapshot.Acquired._entries) open.Push(entry);
            }
        }

        return false;
    }

    private static Acquisitions? Add(Acquisitions? acquired, SyncLocation location, int version)
    {
        if (version == 0) return acquired;
        if (acquired is null) return new Acquisitions([(location, version)]);
        var entries = acquired._entries;
        for (var i = 0; i < entries.Length; i++)
        {
            if (!ReferenceEquals(entries[i].Location, location)) continue;
            if (entries[i].Version >= version) return acquired;
            var changed = ((SyncLocation, int)[])entries.Clone();
            changed[i] = (location, version);
            return new Acquisitions(changed);
        }

        return new Acquisitions([.. entries, (location, version)]);
    }
}

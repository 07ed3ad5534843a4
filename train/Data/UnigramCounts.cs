namespace SiaEngine.Train.Data;

/// <summary>How often each of <paramref name="vocabulary"/> tokens occurs.</summary>
internal sealed class UnigramCounts(int vocabulary)
{
    private readonly long[] _counts = new long[vocabulary];

    /// <summary>Number of ids counted.</summary>
    public int Vocabulary => _counts.Length;

    /// <summary>Counts tokens.</summary>
    public void Add(ReadOnlySpan<ushort> ids)
    {
        foreach (var id in ids) _counts[id]++;
    }

    /// <summary>H = −Σ p ln p in nats; 0 if nothing was counted.</summary>
    public double Entropy()
    {
        double total = 0, sum = 0;
        foreach (var count in _counts)
        {
            total += count;
            if (count > 0) sum += count * Math.Log(count);
        }

        return total == 0 ? 0 : Math.Log(total) - sum / total;
    }
}

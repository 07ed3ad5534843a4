using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>One of the 16 barriers of a block.</summary>
/// <param name="warps">Warps of the block.</param>
internal sealed class BlockBarrier(int warps)
{
    /// <summary>Lanes of every warp that have arrived.</summary>
    public uint[] Arrived { get; } = new uint[warps];

    /// <summary>Whether anybody has arrived.</summary>
    public bool Used { get; private set; }

    /// <summary>Number of threads expected; 0 for all of the block.</summary>
    public uint Count { get; private set; }

    /// <summary>First instruction that arrived.</summary>
    public BarrierStep? First { get; private set; }

    /// <summary>Arrived threads whose predicate was true.</summary>
    public int Trues { get; private set; }

    /// <summary>Arrived threads that gave a predicate.</summary>
    public int Votes { get; private set; }

    /// <summary>Adds lanes.</summary>
    public void Add(Warp warp, uint lanes, BarrierStep step, uint count)
    {
        (Used, Count) = (true, count);
        First ??= step;
        Arrived[warp.Index] |= lanes;
        if (step.Op is not (BarrierOp.Popc or BarrierOp.And or BarrierOp.Or)) return;
        Trues += BitOperations.PopCount(step.True(warp, lanes));
        Votes += BitOperations.PopCount(lanes);
    }

    /// <summary>Threads that count as arrived: a warp that has come with all its lanes counts 32, also if it is short or lanes have exited.</summary>
    public int Threads(ReadOnlySpan<Warp> all)
    {
        var threads = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var lanes = Arrived[i];
            threads += lanes != 0 && (all[i].Alive & ~lanes) == 0 ? 32 : BitOperations.PopCount(lanes);
        }

        return threads;
    }

    /// <summary>Whether everybody expected is here.</summary>
    public bool IsComplete(ReadOnlySpan<Warp> all)
    {
        if (Count > 0) return Threads(all) >= Count;

        // The last warp is the likeliest to be missing.
        for (var i = all.Length - 1; i >= 0; i--)
            if ((all[i].Alive & ~Arrived[i]) != 0) return false;
        return true;
    }

    /// <summary>Empties the barrier.</summary>
    public void Clear()
    {
        Array.Clear(Arrived);
        (Used, Count, First, Trues, Votes) = (false, 0, null, 0, 0);
    }
}

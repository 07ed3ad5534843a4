using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Vector clocks of the threads of a block. A thread's clock counts its releases; what it knows of the others is a base shared by all that met it at the last
/// barrier, what its warp added by <c>bar.warp.sync</c>, and what it acquired through memory.
/// </summary>
internal sealed class ThreadClocks
{
    private readonly long _block;
    private readonly int[] _own;
    private readonly ClockBase[] _base;
    private readonly int[]?[] _warp;
    private readonly Acquisitions?[] _acquired;
    private readonly ClockSnapshot?[] _fence;
    private bool _anyAcquired;
    private bool _anyFence;

    /// <summary>Clocks at the start of a block.</summary>
    public ThreadClocks(long block, int threads)
    {
        _block = block;
        (_own, _base, _warp) = (new int[threads], new ClockBase[threads], new int[threads][]);
        (_acquired, _fence) = (new Acquisitions?[threads], new ClockSnapshot?[threads]);
        Array.Fill(_own, 1);
        Array.Fill(_base, ClockBase.Empty);
    }

    /// <summary>Clock of every thread.</summary>
    public int[] OwnClocks => _own;

    /// <summary>What every thread knows since its last block barrier.</summary>
    public ClockBase[] Bases => _base;

    /// <summary>Clock of a thread.</summary>
    public int Own(int thread) => _own[thread];

    /// <summary>Whether what thread <paramref name="other"/> of this block did at a clock comes before what <paramref name="thread"/> does now.</summary>
    public bool Knows(int thread, int other, int clock)
    {
        if (thread == other || _base[thread][other] >= clock) return true;
        if (thread >> 5 == other >> 5 && _warp[thread] is { } warp && warp[other & 31] >= clock) return true;
        return _anyAcquired && _acquired[thread] is { } acquired && acquired.Covers(_block, _block, other, clock);
    }

    /// <summary>As <see cref="Knows"/> for a thread of another block.</summary>
    public bool KnowsOther(int thread, long block, int other, int clock) =>
        _anyAcquired && _acquired[thread] is { } acquired && acquired.Covers(_block, block, other, clock);

    /// <summary>The thread fences: what it did so far can be released by a later strong write.</summary>
    public void Fence(int thread, bool blockOnly)
    {
        var before = _fence[thread];
        var wider = blockOnly ? before is { BlockOnly: true } ? before.Also : before : null;
        _fence[thread] = Snapshot(thread) with { BlockOnly = blockOnly, Also = wider };
        _own[thread]++;
        _anyFence = true;
    }

    /// <summary>Whether a strong write of the thread releases anything without being a release itself: it has fenced.</summary>
    public bool HasFenced(int thread) => _anyFence && _fence[thread] is not null;

    /// <summary>A strong write: puts into the word what the thread's fences cover, or all it did if <paramref name="release"/>.</summary>
    public void Release(int thread, SyncLocation location, bool release, bool blockOnly)
    {
        if (release)
        {
            location.Release(Snapshot(thread) with { BlockOnly = blockOnly });
            _own[thread]++;
        }

        for (var fence = _fence[thread]; fence is not null; fence = fence.Also) location.Release(fence);
    }

    /// <summary>A strong read of a word.</summary>
    public void Acquire(int thread, SyncLocation location)
    {
        if (location.Version == 0) return;
        _acquired[thread] = Acquisitions.With(_acquired[thread], location);
        _anyAcquired = true;
    }

    /// <summary>A thread arrives at a barrier without waiting; see <see cref="Barrier"/>.</summary>
    public ClockSnapshot Arrive(int thread)
    {
        var snapshot = Snapshot(thread) with { Also = _fence[thread] };
        _own[thread]++;
        return snapshot;
    }

    /// <summary>Threads met: what each did comes before what each does next.</summary>
    /// <param name="waiting">Threads that waited, one mask per warp, and lanes that have exited: what those did is known too.</param>
    /// <param name="arrived">Arrivals of threads that did not wait.</param>
    public void Barrier(ReadOnlySpan<(Warp Warp, uint Mask)> waiting, ReadOnlySpan<ClockSnapshot> arrived)
    {
        var (present, highest) = (0, 0);
        foreach (var (warp, mask) in waiting)
        {
            for (var lanes = mask | warp.Exited & warp.Lanes; lanes != 0; lanes &= lanes - 1)
            {
                present++;
                highest = Math.Max(highest, _own[warp.Index * 32 + BitOperations.TrailingZeroCount(lanes)]);
            }
        }

        var known = present == _own.Length ? new ClockBase(highest) : new ClockBase(Merge(waiting, arrived));
        var acquired = _anyAcquired || arrived.Length > 0 ? AllAcquired(waiting, arrived) : null;
        var fence = _anyFence || arrived.Length > 0 ? AllFences(waiting, arrived) : null;
        (_anyAcquired, _anyFence) = (_anyAcquired || acquired is not null, _anyFence || fence is not null);
        foreach (var (warp, mask) in waiting)
        {
            for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
            {
                var thread = warp.Index * 32 + BitOperations.TrailingZeroCount(lanes);
                _own[thread] = present == _own.Length ? highest + 1 : _own[thread] + 1;
                (_base[thread], _warp[thread]) = (known, null);
                (_acquired[thread], _fence[thread]) = (acquired, fence);
            }
        }
    }

    /// <summary>Lanes of a warp met.</summary>
    public void WarpBarrier(Warp warp, uint mask)
    {
        if ((mask & mask - 1) == 0) return;
        var first = warp.Index * 32;
        var leader = first + BitOperations.TrailingZeroCount(mask);
        var same = true;
        var plain = true;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var thread = first + BitOperations.TrailingZeroCount(lanes);
            same &= ReferenceEquals(_base[thread], _base[leader]);
            plain &= ReferenceEquals(_acquired[thread], _acquired[leader]) && ReferenceEquals(_fence[thread], _fence[leader]);
        }

        if (!same || !plain)
        {
            Barrier([(warp, mask)], []);
            return;
        }

        var known = new int[32];
        int[]? merged = null;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if (_warp[first + lane] is { } before && !ReferenceEquals(before, merged))
            {
                for (var i = 0; i < known.Length; i++) known[i] = Math.Max(known[i], before[i]);
                merged = before;
            }
        }

        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            known[lane] = _own[first + lane]++;
            _warp[first + lane] = known;
        }
    }

    private ClockSnapshot Snapshot(int thread) => new(_block, thread, _own[thread], _base[thread], _warp[thread], _acquired[thread]);

    private int[] Merge(ReadOnlySpan<(Warp Warp, uint Mask)> waiting, ReadOnlySpan<ClockSnapshot> arrived)
    {
        var known = new int[_own.Length];
        ClockBase? last = null;
        foreach (var (warp, mask) in waiting)
        {
            for (var lanes = mask | warp.Exited & warp.Lanes; lanes != 0; lanes &= lanes - 1)
            {
                var thread = warp.Index * 32 + BitOperations.TrailingZeroCount(lanes);
                if (!ReferenceEquals(last, _base[thread])) Include(known, last = _base[thread]);
                if (_warp[thread] is { } lanesKnown) Include(known, lanesKnown, thread & ~31);
                known[thread] = Math.Max(known[thread], _own[thread]);
            }
        }

        foreach (var snapshot in arrived) Include(known, snapshot);
        return known;
    }

    private Acquisitions? AllAcquired(ReadOnlySpan<(Warp Warp, uint Mask)> waiting, ReadOnlySpan<ClockSnapshot> arrived)
    {
        Acquisitions? acquired = null;
        foreach (var (warp, mask) in waiting)
            for (var lanes = mask | warp.Exited & warp.Lanes; lanes != 0; lanes &= lanes - 1)
                acquired = Acquisitions.Union(acquired, _acquired[warp.Index * 32 + BitOperations.TrailingZeroCount(lanes)]);
        foreach (var snapshot in arrived) acquired = Acquisitions.Union(acquired, snapshot.Acquired);
        return acquired;
    }

    /// <summary>
    /// A fence before a barrier counts for all who met there: "all write, all fence, barrier, one thread raises the flag" is ordered on every GPU. Their fences become
    /// one; it is of the narrowest scope among them.
    /// </summary>
    private ClockSnapshot? AllFences(ReadOnlySpan<(Warp Warp, uint Mask)> waiting, ReadOnlySpan<ClockSnapshot> arrived)
    {
        ClockSnapshot? only = null;
        var several = new List<ClockSnapshot>();
        foreach (var (warp, mask) in waiting)
        {
            for (var lanes = mask | warp.Exited & warp.Lanes; lanes != 0; lanes &= lanes - 1)
            {
                var fence = _fence[warp.Index * 32 + BitOperations.TrailingZeroCount(lanes)];
                if (fence is null || ReferenceEquals(fence, only)) continue;
                several.Add(only = fence);
            }
        }

        foreach (var snapshot in arrived)
            if (snapshot.Also is not null) several.Add(snapshot.Also);
        if (several.Count <= 1) return only ?? (several.Count == 1 ? several[0] : null);
        var wide = Together(several, false);
        var narrow = Together(several, true);
        return narrow is null ? wide : narrow with { Also = wide };
    }

    private ClockSnapshot? Together(List<ClockSnapshot> fences, bool blockOnly)
    {
        int[]? known = null;
        Acquisitions? acquired = null;
        foreach (var each in fences)
        {
            for (var fence = each; fence is not null; fence = fence.Also)
            {
                if (fence.BlockOnly != blockOnly) continue;
                Include(known ??= new int[_own.Length], fence);
                acquired = Acquisitions.Union(acquired, fence.Acquired);
            }
        }

        return known is null ? null : new ClockSnapshot(_block, -1, 0, new ClockBase(known), null, acquired, blockOnly);
    }

    private static void Include(int[] known, ClockSnapshot snapshot)
    {
        Include(known, snapshot.Base);
        if (snapshot.Thread < 0) return;
        if (snapshot.Warp is { } warp) Include(known, warp, snapshot.Thread & ~31);
        known[snapshot.Thread] = Math.Max(known[snapshot.Thread], snapshot.Clock);
    }

    private static void Include(int[] known, ClockBase other)
    {
        if (other.Uniform == 0 && other.Values is null) return;
        for (var i = 0; i < known.Length; i++) known[i] = Math.Max(known[i], other[i]);
    }

    private static void Include(int[] known, int[] warp, int first)
    {
        for (var i = 0; i < warp.Length && first + i < known.Length; i++) known[first + i] = Math.Max(known[first + i], warp[i]);
    }
}

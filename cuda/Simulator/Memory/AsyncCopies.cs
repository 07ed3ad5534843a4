namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Asynchronous copies of a block from global to shared memory. Their bytes belong to nobody until the thread that issued them has waited for their group; the data is
/// taken at once or at the wait, as a seeded coin says; after the wait the bytes count as written by that thread at that moment.
/// </summary>
internal sealed unsafe class AsyncCopies(BlockMemory block)
{
    private List<Copy>?[] _ofThread = [];
    private int[] _groups = [];
    private readonly List<(int Barrier, int Thread, int Clock, Copy Copy)> _bound = [];
    private int _pending;
    private ulong _coin;

    /// <summary>Whether copies are on their way.</summary>
    public bool Any => _pending > 0;

    /// <summary>Starts a copy; the destination was resolved as <see cref="AccessKind.AsyncWrite"/>.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="step">The instruction.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="destination">Host address in shared memory.</param>
    /// <param name="bytes">Bytes to fill.</param>
    /// <param name="source">Host address of the source.</param>
    /// <param name="sourceBytes">Bytes to copy; the rest is filled with zeros.</param>
    public void Issue(Warp warp, Step step, int lane, byte* destination, int bytes, byte* source, int sourceBytes)
    {
        var thread = warp.Index * 32 + lane;
        if (_groups.Length == 0) Begin();
        var copy = new Copy(_groups[thread], step, (int)(destination - block.Shared.Data), bytes, (nint)source, sourceBytes);
        _coin = (_coin + (uint)warp.Launch.Schedule.Seed + (ulong)block.Block + 0x9E3779B97F4A7C15) * 0xD1342543DE82EF95;
        if ((long)(_coin ^ _coin << 29) < 0) copy = copy with { Data = Take(copy), Taken = true };
        (_ofThread[thread] ??= []).Add(copy);
        _pending++;
    }

    /// <summary>Closes the thread's group (<c>cp.async.commit_group</c>).</summary>
    public void Commit(int thread)
    {
        if (_groups.Length == 0) Begin();
        _groups[thread]++;
    }

    /// <summary>Waits until at most <paramref name="keep"/> of the thread's newest groups are on their way; −1 waits for those not committed, too.</summary>
    public void Wait(Warp warp, int lane, int keep)
    {
        if (_groups.Length == 0) return;
        var thread = warp.Index * 32 + lane;
        for (var i = _bound.Count - 1; i >= 0; i--)
        {
            if (_bound[i].Thread != thread || (keep >= 0 && _bound[i].Copy.Group >= _groups[thread] - keep)) continue;
            Land(warp, thread, block.Clocks.Own(thread), _bound[i].Copy);
            _bound.RemoveAt(i);
            _pending--;
        }

        if (_ofThread[thread] is not { Count: > 0 } copies) return;
        var done = 0;
        while (done < copies.Count && (keep < 0 || copies[done].Group < _groups[thread] - keep)) Land(warp, thread, block.Clocks.Own(thread), copies[done++]);
        copies.RemoveRange(0, done);
        _pending -= done;
    }

    /// <summary>The thread's copies so far are waited for at an mbarrier, too (<c>cp.async.mbarrier.arrive</c>).</summary>
    public void Bind(int thread, int barrier)
    {
        if (_groups.Length == 0 || _ofThread[thread] is not { } copies) return;
        foreach (var copy in copies) _bound.Add((barrier, thread, block.Clocks.Own(thread), copy));
        copies.Clear();
    }

    /// <summary>A phase of an mbarrier was seen complete: the copies bound to it have landed.</summary>
    public void LandAt(Warp warp, int barrier)
    {
        var kept = 0;
        for (var i = 0; i < _bound.Count; i++)
        {
            var (at, thread, clock, copy) = _bound[i];
            if (at != barrier)
            {
                _bound[kept++] = _bound[i];
                continue;
            }

            Land(warp, thread, clock, copy);
            _pending--;
        }

        _bound.RemoveRange(kept, _bound.Count - kept);
    }

    /// <summary>Report of an access to bytes of a copy on its way.</summary>
    public KernelFaultException Fault(Warp warp, Step step, int lane, int offset, int bytes, AccessKind kind)
    {
        var verb = kind is AccessKind.Read or AccessKind.AsyncRead ? "reads" : "writes";
        foreach (var (thread, copy) in All())
        {
            if (copy.Offset >= offset + bytes || offset >= copy.Offset + copy.Bytes) continue;
            return Report.Fault(KernelFault.AsyncCopy, warp, step, $"{Report.Thread(warp, lane)} {verb} {MemoryAccess.SharedPlace(warp, Math.Max(offset, copy.Offset))}, but the copy that " +
                $"{Report.Thread(warp.Launch.Shape, warp.Block, thread)} issued at {Report.Place(warp.Launch.Kernel, copy.Step.Pc)} has not been waited for");
        }

        return Report.Fault(KernelFault.AsyncCopy, warp, step,
            $"{Report.Thread(warp, lane)} touches {MemoryAccess.SharedPlace(warp, offset)}, which two asynchronous copies of this instruction fill");
    }

    private void Begin() => (_ofThread, _groups) = (new List<Copy>?[block.Threads], new int[block.Threads]);

    private List<(int Thread, Copy Copy)> All()
    {
        var all = new List<(int, Copy)>();
        foreach (var (_, thread, _, copy) in _bound) all.Add((thread, copy));
        for (var thread = 0; thread < _ofThread.Length; thread++)
            foreach (var copy in _ofThread[thread] ?? []) all.Add((thread, copy));
        return all;
    }

    private void Land(Warp warp, int thread, int clock, in Copy copy)
    {
        var shared = block.Shared;
        var data = copy.Taken ? copy.Data : Take(copy);
        Buffer.MemoryCopy(&data, shared.Data + copy.Offset, copy.Bytes, copy.Bytes);
        ByteBits.Fill(shared.Pending, (nuint)copy.Offset, (nuint)copy.Bytes, false);
        ByteBits.Fill(shared.Written, (nuint)copy.Offset, (nuint)copy.Bytes, true);
        if (!warp.Launch.Checks) return;
        var check = new AccessCheck(shared.Table, shared.Tag, block, 0, writes: true, strong: false);
        check.Touch(thread, clock, copy.Step.Pc, (nuint)copy.Offset, copy.Bytes, shared.Data + copy.Offset, null);
    }

    private static UInt128 Take(in Copy copy)
    {
        UInt128 data = 0;
        if (copy.SourceBytes > 0) Buffer.MemoryCopy((byte*)copy.Source, &data, 16, copy.SourceBytes);
        return data;
    }

    private readonly record struct Copy(int Group, Step Step, int Offset, int Bytes, nint Source, int SourceBytes, UInt128 Data = default, bool Taken = false);
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>A block while it runs: its warps, their register files in one native block, and the barriers. Used again for one block after the other.</summary>
internal sealed unsafe class BlockRun : IDisposable
{
    private const int Lanes = 32;
    private const int Barriers = 16;
    private const int Slack = 512;
    private const int LongTurn = 1 << 16;
    private const int ShortTurn = 1 << 10;

    private readonly Warp[] _warps;
    private readonly int[] _order;
    private readonly BlockBarrier?[] _barriers = new BlockBarrier?[Barriers];
    private readonly (Warp Warp, uint Mask)[] _met;
    private readonly List<(int Barrier, ClockSnapshot Clock)> _arrivals = [];
    private readonly int _definedBytes;
    private byte* _memory;
    private ulong _random;
    private bool _shuffled;
    private LaunchShape _shape;

    /// <summary>Room for a block of this many threads.</summary>
    public BlockRun(CompiledKernel kernel, int threads)
    {
        (Kernel, Threads) = (kernel, threads);
        var count = (threads + Lanes - 1) / Lanes;
        var file = (kernel.FileBytes + Slack + 63) / 64 * 64;
        _definedBytes = (kernel.RegisterNames.Length * sizeof(uint) + 63) / 64 * 64;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)count * (nuint)(file + _definedBytes) + 64, 64);
        (_warps, _order, _met) = (new Warp[count], new int[count], new (Warp, uint)[count]);
        for (var i = 0; i < count; i++)
        {
            var start = _memory + (nuint)i * (nuint)(file + _definedBytes);
            var lanes = Math.Min(Lanes, threads - i * Lanes);
            _warps[i] = new Warp { File = start, Defined = (uint*)(start + file), Index = i, Lanes = lanes == Lanes ? ~0u : (1u << lanes) - 1 };
            foreach (var (offset, bits, stride) in kernel.Constants)
            {
                for (var lane = 0; lane < Lanes; lane++)
                {
                    if (stride == 8) *(ulong*)(start + offset + lane * 8) = bits;
                    else *(uint*)(start + offset + lane * 4) = (uint)bits;
                }
            }
        }
    }

    /// <summary>The kernel.</summary>
    public CompiledKernel Kernel { get; }

    /// <summary>Threads of the block.</summary>
    public int Threads { get; }

    /// <summary>Linear number of the block that runs.</summary>
    public long Block { get; private set; }

    /// <summary>The warps.</summary>
    public ReadOnlySpan<Warp> Warps => _warps;

    /// <summary>Memory of the block.</summary>
    public BlockMemory Memory { get; private set; } = null!;

    /// <summary>Begins a block.</summary>
    public void Start(KernelLaunch launch, long block, KernelCounters counters)
    {
        Block = block;
        Memory = new BlockMemory(launch.Memory, block, Threads, Kernel.SharedBytes + launch.Shape.SharedBytes, Kernel.LocalBytes);
        _shuffled = launch.Schedule.Mode == ScheduleMode.Shuffled;
        _random = ((ulong)(uint)launch.Schedule.Seed << 32 | (uint)block) * 0x9E3779B97F4A7C15 + 0x7F4A7C15;
        _arrivals.Clear();
        foreach (var barrier in _barriers) barrier?.Clear();
        foreach (var warp in _warps)
        {
            (warp.Launch, warp.Block, warp.Memory, warp.Counters, warp.Exited, warp.Clock) = (launch, block, Memory, counters, 0, 0);
            warp.Probe = launch.Probe is { } probe && probe.Block == block && probe.Warp == warp.Index ? probe : null;
            NativeMemory.Clear(warp.Defined, (nuint)_definedBytes);
            SpecialValues.Fill(warp, lanes: launch.Shape != _shape);
            warp.FragmentCount = 0;
            warp.Add(warp.Lanes, 0);
        }

        _shape = launch.Shape;
    }

    /// <summary>Ends the block, also before its threads have exited.</summary>
    public void End() => Memory.Dispose();

    /// <summary>Runs for about <paramref name="budget"/> steps; returns the number of steps, and whether all threads have exited.</summary>
    public (long Steps, bool Done) Run(long budget)
    {
        long steps = 0;
        while (true)
        {
            Order();
            long round = 0;
            var alive = false;
            foreach (var number in _order)
            {
                var warp = _warps[number];
                if (warp.FragmentCount == 0) continue;
                var turn = _shuffled ? 1 + Below(64) : Kernel.MaySpin ? ShortTurn : LongTurn;
                var run = Interpreter.Run(this, warp, (int)Math.Min(turn, Math.Max(1, budget - steps - round)));
                warp.Clock += run;
                round += run;
                alive |= warp.FragmentCount > 0;
            }

            steps += round;
            if (!alive) return (steps, true);
            if (round == 0) throw BlockReport.Stuck(this, _barriers);
            if (steps >= budget) return (steps, false);
        }
    }

    /// <summary>A random bit of a shuffled schedule; false in order.</summary>
    public bool Coin() => _shuffled && (Next() & 1) != 0;

    /// <summary>A random number below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)((Next() >> 33) % (ulong)count);

    /// <summary>Lanes <paramref name="active"/> of a fragment come to a barrier.</summary>
    public void Arrive(Warp warp, int index, BarrierStep step, uint mask, uint active)
    {
        warp.RemoveFragment(index);
        if (step.Aligned)
        {
            if (active != mask)
            {
                throw Report.Fault(KernelFault.Barrier, warp, step, $"lanes {Report.Lanes(active)} of warp {warp.Index}, block {Report.Block(warp.Launch.Shape, Block)} " +
                    $"execute the barrier and lanes {Report.Lanes(mask & ~active)} pass it by; all lanes of a warp must come together");
            }

            for (var i = warp.FragmentCount - 1; i >= 0; i--)
            {
                if (warp.Fragments[i].State != FragmentState.Warp || warp.Fragments[i].Pc != step.Pc) continue;
                active |= warp.Fragments[i].Mask;
                warp.RemoveFragment(i);
            }

            if ((warp.Alive & ~active) != 0)
            {
                warp.Park(new Fragment { Mask = active, Pc = step.Pc, State = FragmentState.Warp });
                return;
            }
        }
        else if (active != mask)
        {
            warp.Add(mask & ~active, step.Pc + 1);
        }

        while (active != 0)
        {
            var lane = BitOperations.TrailingZeroCount(active);
            var same = step.Same(warp, active, lane);
            if (step.Aligned && same != active)
                throw Report.Fault(KernelFault.Barrier, warp, step, $"lanes {Report.Lanes(same)} and {Report.Lanes(active & ~same)} of warp {warp.Index} name different barriers or counts");
            Arrive(warp, step, lane, same, step.Id(warp, lane), step.Count(warp, lane));
            active &= ~same;
        }
    }

    /// <summary>Threads have exited: barriers may be complete without them.</summary>
    public void Exited()
    {
        for (var id = 0; id < Barriers; id++)
            if (_barriers[id] is { Used: true } barrier && barrier.IsComplete(_warps)) Complete(id, barrier);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }

    private void Arrive(Warp warp, BarrierStep step, int lane, uint lanes, uint id, uint count)
    {
        var whole = (uint)(_warps.Length * Lanes);
        if (id >= Barriers) throw Misuse(warp, step, lane, $"names barrier {id}; there are {Barriers}");
        if (step.HasCount && (count == 0 || count % Lanes != 0)) throw Misuse(warp, step, lane, $"waits for {count} threads; the number must be a multiple of {Lanes}");
        if (count > whole) throw Misuse(warp, step, lane, $"waits for {count} threads; the block has {Threads}");
        if (count == whole) count = 0;
        var barrier = _barriers[id] ??= new BlockBarrier(_warps.Length);
        if (barrier.Used && barrier.Count != count)
        {
            throw Misuse(warp, step, lane, $"expects {(count == 0 ? whole : count)} threads at barrier {id}, but {Report.Place(Kernel, barrier.First!.Pc)} expects " +
                $"{(barrier.Count == 0 ? whole : barrier.Count)}");
        }

        if ((barrier.Arrived[warp.Index] & lanes) != 0) throw Misuse(warp, step, lane, $"arrives at barrier {id} again before it is complete; first arrival at {Report.Place(Kernel, barrier.First!.Pc)}");
        barrier.Add(warp, lanes, step, count);
        if (barrier.Count > 0 && barrier.Threads(_warps) > barrier.Count)
            throw Misuse(warp, step, lane, $"is one of {barrier.Threads(_warps)} threads at barrier {id}, which is for {barrier.Count}");
        if (step.Op == BarrierOp.Arrive)
        {
            for (var rest = lanes; rest != 0; rest &= rest - 1) _arrivals.Add(((int)id, Memory.Arrive(warp, BitOperations.TrailingZeroCount(rest))));
            warp.Add(lanes, step.Pc + 1);
        }
        else warp.Add(new Fragment { Mask = lanes, Pc = step.Pc, State = FragmentState.Block, Barrier = (int)id });
        if (barrier.IsComplete(_warps)) Complete((int)id, barrier);
    }

    private static KernelFaultException Misuse(Warp warp, Step step, int lane, string what) =>
        Report.Fault(KernelFault.Barrier, warp, step, $"{Report.Thread(warp, lane)} {what}");

    private void Complete(int id, BlockBarrier barrier)
    {
        Synchronise(id, barrier);
        foreach (var warp in _warps)
        {
            for (var i = 0; i < warp.FragmentCount; i++)
            {
                ref var fragment = ref warp.Fragments[i];
                if (fragment.State != FragmentState.Block || fragment.Barrier != id) continue;
                ((BarrierStep)Kernel.Steps[fragment.Pc]).Finish(warp, fragment.Mask, barrier.Trues, barrier.Votes);
                (fragment.State, fragment.Pc) = (FragmentState.Ready, fragment.Pc + 1);
            }
        }

        barrier.Clear();
    }

    /// <summary>Tells the memory who waited, and what those had done who only arrived; warps that have exited count as waiting if all threads were expected.</summary>
    private void Synchronise(int id, BlockBarrier barrier)
    {
        var met = 0;
        for (var w = 0; w < _warps.Length; w++)
        {
            var warp = _warps[w];
            var waiting = 0u;
            for (var i = 0; i < warp.FragmentCount; i++)
                if (warp.Fragments[i].State == FragmentState.Block && warp.Fragments[i].Barrier == id) waiting |= warp.Fragments[i].Mask;
            if (waiting == 0 && (barrier.Count > 0 || warp.Alive != 0)) continue;
            if (!ReferenceEquals(_met[met].Warp, warp)) _met[met].Warp = warp;
            _met[met++].Mask = waiting;
        }

        if (_arrivals.Count == 0)
        {
            Memory.Barrier(_met.AsSpan(0, met));
            return;
        }

        var arrived = new List<ClockSnapshot>();
        for (var i = _arrivals.Count - 1; i >= 0; i--)
        {
            if (_arrivals[i].Barrier != id) continue;
            arrived.Add(_arrivals[i].Clock);
            _arrivals.RemoveAt(i);
        }

        Memory.Barrier(_met.AsSpan(0, met), CollectionsMarshal.AsSpan(arrived));
    }

    private void Order()
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        if (!_shuffled) return;
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }
    }

    private ulong Next()
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        return _random ^= _random << 17;
    }
}

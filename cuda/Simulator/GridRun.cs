using SiaEngine.Cpu;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Runs all blocks of a launch on the engine's thread team. A host thread runs one block after the other; if threads may wait for other blocks, it keeps more and more
/// blocks in flight and gives each its turn. The fault of the earliest block wins, so reports do not depend on the number of host threads.
/// </summary>
internal sealed class GridRun
{
    private const int MostResident = 288;
    private const int ShuffledResident = 4;
    private const long LongTurn = 1 << 20;
    private const long ShortTurn = 1 << 12;
    private const int TurnsBeforeGrowth = 4;
    private const int ParallelWarps = 16;

    private readonly KernelLaunch _launch;
    private readonly KernelCounters? _total;
    private readonly long _blocks;
    private readonly long _stride = 1;
    private readonly long _offset;
    private readonly Lock _gate = new();
    private long _next;
    private long _steps;
    private long _faultAt = long.MaxValue;
    private KernelFaultException? _fault;

    private GridRun(KernelLaunch launch, KernelCounters? total)
    {
        (_launch, _total, _blocks) = (launch, total, launch.Shape.Blocks);
        if (launch.Schedule.Mode != ScheduleMode.Shuffled) return;
        var random = (uint)launch.Schedule.Seed * 2654435761u + 12345;
        _offset = random % _blocks;
        _stride = 1 + random / 7 % _blocks;
        while (Divisor(_stride, _blocks) != 1) _stride++;
    }

    /// <summary>Runs a launch and adds what it did to <paramref name="total"/>.</summary>
    /// <exception cref="KernelFaultException">A check failed.</exception>
    public static void Run(KernelLaunch launch, KernelCounters? total)
    {
        var run = new GridRun(launch, total);
        var warps = (launch.Shape.Threads + 31) / 32;
        var workers = launch.Kernel.HasGlobalAtomics || run._blocks * warps < ParallelWarps ? 1 : (int)Math.Min(RowParallel.Threads, run._blocks);
        if (workers == 1) run.Work();
        else RowParallel.For(workers, new Team(run), static (team, _) => team.Run.Work());
        if (run._fault is { } fault) throw fault;
    }

    private void Work()
    {
        var kernel = _launch.Kernel;
        var counters = kernel.Pool.RentCounters(kernel.Steps.Length);
        var shuffled = _launch.Schedule.Mode == ScheduleMode.Shuffled;
        var resident = new List<(BlockRun Run, long Number)>();
        var (most, waited) = (shuffled ? ShuffledResident : 1, 0);
        try
        {
            while (true)
            {
                while (resident.Count < most && Take() is var number and >= 0)
                {
                    var block = kernel.Pool.Rent(kernel, _launch.Shape.Threads);
                    block.Start(_launch, (number * _stride + _offset) % _blocks, counters);
                    resident.Add((block, number));
                }

                if (resident.Count == 0) break;
                if (Turn(resident, shuffled)) waited = 0;
                else if (kernel.MaySpin && ++waited % TurnsBeforeGrowth == 0) most = Math.Min(2 * most, MostResident);
            }
        }
        finally
        {
            foreach (var (block, _) in resident) kernel.Pool.Return(block);
            if (_total is not null)
                lock (_gate) _total.Add(counters);
            kernel.Pool.Return(counters);
        }
    }

    private bool Turn(List<(BlockRun Run, long Number)> resident, bool shuffled)
    {
        var finished = false;
        for (var i = resident.Count - 1; i >= 0; i--)
        {
            var (block, number) = resident[i];
            var done = number > Volatile.Read(ref _faultAt);
            if (!done)
            {
                var turn = shuffled ? 64 + block.Below(1024) : _launch.Kernel.MaySpin ? ShortTurn : LongTurn;
                try
                {
                    (var steps, done) = block.Run(Math.Max(1, Math.Min(turn, _launch.InstructionLimit - Volatile.Read(ref _steps) + 1)));
                    if (Interlocked.Add(ref _steps, steps) > _launch.InstructionLimit) throw BlockReport.Limit(block, _launch);
                }
                catch (KernelFaultException fault)
                {
                    Fault(fault, number);
                    done = true;
                }
            }

            if (!done) continue;
            finished = true;
            _launch.Kernel.Pool.Return(block);
            resident.RemoveAt(i);
        }

        return finished;
    }

    private void Fault(KernelFaultException fault, long number)
    {
        lock (_gate)
        {
            if (number >= _faultAt) return;
            _fault = fault;
            Volatile.Write(ref _faultAt, number);
        }
    }

    private long Take()
    {
        var number = Interlocked.Increment(ref _next) - 1;
        return number < _blocks && number < Volatile.Read(ref _faultAt) ? number : -1;
    }

    private static long Divisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    private readonly record struct Team(GridRun Run);
}

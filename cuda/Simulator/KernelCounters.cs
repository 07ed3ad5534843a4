namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// What a launch did, counted per instruction: every array has one element per <see cref="Step.Pc"/>. Each host thread counts for itself; the sums do not depend on
/// the number of threads.
/// </summary>
public sealed class KernelCounters
{
    /// <summary>Counters of a kernel with this many instructions.</summary>
    public KernelCounters(int instructions)
    {
        Executions = new long[instructions];
        ActiveLanes = new long[instructions];
        Divergences = new long[instructions];
        GlobalRequests = new long[instructions];
        GlobalSectors = new long[instructions];
        GlobalIdealSectors = new long[instructions];
        GlobalBytesRead = new long[instructions];
        GlobalBytesWritten = new long[instructions];
        SharedRequests = new long[instructions];
        SharedWavefronts = new long[instructions];
        SharedIdealWavefronts = new long[instructions];
        Operations = new long[instructions];
    }

    /// <summary>Times a warp, or a part of one, issued the instruction.</summary>
    public long[] Executions { get; }

    /// <summary>Lanes that executed it: those present whose guard was true.</summary>
    public long[] ActiveLanes { get; }

    /// <summary>Times a branch sent the lanes of a warp to different places.</summary>
    public long[] Divergences { get; }

    /// <summary>Accesses to global memory, one per warp and execution.</summary>
    public long[] GlobalRequests { get; }

    /// <summary>32-byte sectors those accesses touched.</summary>
    public long[] GlobalSectors { get; }

    /// <summary>Sectors the same bytes would need if they were adjacent.</summary>
    public long[] GlobalIdealSectors { get; }

    /// <summary>Bytes the lanes asked for by reads of global memory.</summary>
    public long[] GlobalBytesRead { get; }

    /// <summary>Bytes the lanes wrote to global memory.</summary>
    public long[] GlobalBytesWritten { get; }

    /// <summary>Accesses to shared memory, one per warp and execution.</summary>
    public long[] SharedRequests { get; }

    /// <summary>Passes over the 32 banks those accesses took.</summary>
    public long[] SharedWavefronts { get; }

    /// <summary>Passes they would take without bank conflicts.</summary>
    public long[] SharedIdealWavefronts { get; }

    /// <summary>Floating-point operations, those of tensor cores included.</summary>
    public long[] Operations { get; }

    /// <summary>Floating-point operations outside the tensor cores.</summary>
    public long Flops { get; internal set; }

    /// <summary>Floating-point operations of the tensor cores.</summary>
    public long TensorFlops { get; internal set; }

    /// <summary>Instructions times lanes that executed them.</summary>
    public long LaneInstructions => Sum(ActiveLanes);

    /// <summary>Instructions issued.</summary>
    public long WarpInstructions => Sum(Executions);

    /// <summary>Host time of the launch.</summary>
    public double Seconds { get; internal set; }

    /// <summary>Total of one of the arrays.</summary>
    public static long Sum(long[] values)
    {
        long sum = 0;
        foreach (var value in values) sum += value;
        return sum;
    }

    /// <summary>Adds what another host thread counted.</summary>
    internal void Add(KernelCounters other)
    {
        Add(Executions, other.Executions);
        Add(ActiveLanes, other.ActiveLanes);
        Add(Divergences, other.Divergences);
        Add(GlobalRequests, other.GlobalRequests);
        Add(GlobalSectors, other.GlobalSectors);
        Add(GlobalIdealSectors, other.GlobalIdealSectors);
        Add(GlobalBytesRead, other.GlobalBytesRead);
        Add(GlobalBytesWritten, other.GlobalBytesWritten);
        Add(SharedRequests, other.SharedRequests);
        Add(SharedWavefronts, other.SharedWavefronts);
        Add(SharedIdealWavefronts, other.SharedIdealWavefronts);
    }

    /// <summary>Sets everything to zero.</summary>
    internal void Clear()
    {
        Array.Clear(Executions);
        Array.Clear(ActiveLanes);
        Array.Clear(Divergences);
        Array.Clear(GlobalRequests);
        Array.Clear(GlobalSectors);
        Array.Clear(GlobalIdealSectors);
        Array.Clear(GlobalBytesRead);
        Array.Clear(GlobalBytesWritten);
        Array.Clear(SharedRequests);
        Array.Clear(SharedWavefronts);
        Array.Clear(SharedIdealWavefronts);
    }

    /// <summary>Sums the operations of all steps.</summary>
    internal void CountFlops(Step[] steps)
    {
        (Flops, TensorFlops) = (0, 0);
        for (var pc = 0; pc < steps.Length; pc++)
        {
            var (flops, tensor) = (ActiveLanes[pc] * steps[pc].FlopsPerLane, Executions[pc] * steps[pc].TensorFlops);
            Flops += flops;
            TensorFlops += tensor;
            Operations[pc] = flops + tensor;
        }
    }

    private static void Add(long[] sum, long[] terms)
    {
        for (var i = 0; i < sum.Length; i++) sum[i] += terms[i];
    }
}

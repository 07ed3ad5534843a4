namespace SiaEngine.Cuda.Simulator;

/// <summary>What a thread had done and knew at a fence or at its arrival at a barrier. Never changes.</summary>
/// <param name="Block">Linear block number.</param>
/// <param name="Thread">Thread within the block; −1 for several threads together, whose clocks are all in <paramref name="Base"/>.</param>
/// <param name="Clock">Clock of the thread.</param>
/// <param name="Base">What it knew of its block.</param>
/// <param name="Warp">What it knew beyond that of the 32 lanes of its warp, or null.</param>
/// <param name="Acquired">What it knew through words in memory, or null.</param>
/// <param name="BlockOnly">A fence of scope cta: orders nothing for other blocks.</param>
/// <param name="Also">An earlier fence of wider scope, or null.</param>
internal sealed record ClockSnapshot(long Block, int Thread, int Clock, ClockBase Base, int[]? Warp, Acquisitions? Acquired, bool BlockOnly = false, ClockSnapshot? Also = null)
{
    /// <summary>Whether it covers what a thread of the same block did at a clock.</summary>
    public bool Covers(int thread, int clock) =>
        thread == Thread && Clock >= clock || Base[thread] >= clock || Warp is not null && thread >> 5 == Thread >> 5 && Warp[thread & 31] >= clock;
}

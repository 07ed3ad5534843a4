using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>cp.async.commit_group</c>, <c>wait_group n</c> and <c>wait_all</c> (−1), each lane for itself.</summary>
internal sealed class AsyncGroupStep(int keep, bool commit) : Step
{
    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            if (commit) warp.Memory.Copies.Commit(warp.Index * 32 + lane);
            else warp.Memory.Copies.Wait(warp, lane, keep);
        }
    }
}

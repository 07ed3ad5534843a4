using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>A <c>.sync.aligned</c> instruction on matrices spread over the warp: all 32 lanes must execute it together.</summary>
internal abstract class AlignedStep : WarpSyncStep
{
    /// <inheritdoc/>
    public sealed override uint Members(Warp warp, uint here) => uint.MaxValue;

    /// <inheritdoc/>
    public sealed override void Execute(Warp warp, uint mask)
    {
        if (mask != uint.MaxValue)
        {
            var lane = BitOperations.TrailingZeroCount(~mask);
            var why = (warp.Lanes >> lane & 1) == 0 ? "does not exist" : (warp.Exited >> lane & 1) != 0 ? "has exited" : "does not execute it";
            throw Fault(KernelFault.WarpMask, warp, lane, $"needs all 32 lanes of the warp, but lane {lane} {why}");
        }

        Run(warp);
    }

    /// <summary>Does the work of the warp.</summary>
    protected abstract void Run(Warp warp);
}

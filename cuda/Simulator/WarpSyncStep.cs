namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// An instruction that lanes of a warp execute together (<c>shfl.sync</c>, <c>vote.sync</c>, <c>bar.warp.sync</c>, <c>mma.sync</c>, <c>ldmatrix</c>): the
/// executor waits until every lane that <see cref="Members"/> names, and that has not exited, stands at this instruction, then calls Execute once for all.
/// </summary>
internal abstract class WarpSyncStep : Step
{
    /// <inheritdoc/>
    public sealed override StepKind Kind => StepKind.WarpSync;

    /// <summary>The lanes that must take part, given the lanes that are here: the member mask, or all 32 for <c>.aligned</c> matrix instructions.</summary>
    public abstract uint Members(Warp warp, uint here);

    /// <summary>A fault of a lane at this instruction.</summary>
    protected KernelFaultException Fault(KernelFault fault, Warp warp, int lane, string what) =>
        Report.Fault(fault, warp, this, $"{Report.Thread(warp, lane)}: {what}");
}

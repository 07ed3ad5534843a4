namespace SiaEngine.Cuda.Simulator;

/// <summary><c>activemask</c>: the lanes that execute it together.</summary>
internal sealed class ActiveMaskStep(Slot result) : Step
{
    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask) => VoteStep.Spread(warp, result, mask, mask);
}

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>bar.warp.sync</c>: the lanes of the mask meet; what each wrote before is seen by all afterwards.</summary>
internal sealed class WarpBarrierStep(Slot members, uint? constant) : MaskedStep(members, constant)
{
    /// <inheritdoc/>
    protected override void Run(Warp warp, uint group) => warp.Memory.WarpBarrier(warp, group);
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>elect.sync</c>: one lane of the group, here the lowest, is the leader: d is its number in every lane, p true in the leader alone.</summary>
internal sealed class ElectStep(Slot? result, Slot leads, Slot members, uint? constant) : MaskedStep(members, constant)
{
    /// <inheritdoc/>
    protected override void Run(Warp warp, uint group)
    {
        var leader = BitOperations.TrailingZeroCount(group);
        if (result is { } slot) VoteStep.Spread(warp, slot, group, (uint)leader);
        warp.SetPredicate(leads, group, 1u << leader);
    }
}

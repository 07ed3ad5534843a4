namespace SiaEngine.Cuda.Simulator;

/// <summary><c>vote.sync</c>: a predicate over the group, true if it holds for all or any lanes, or is the same in all; or the ballot, one bit per lane.</summary>
internal sealed class VoteStep(VoteMode mode, Slot result, Slot predicate, bool negated, Slot members, uint? constant) : MaskedStep(members, constant)
{
    /// <inheritdoc/>
    protected override void Run(Warp warp, uint group)
    {
        var votes = (negated ? ~warp.Predicate(predicate) : warp.Predicate(predicate)) & group;
        if (mode == VoteMode.Ballot)
        {
            Spread(warp, result, group, votes);
            return;
        }

        var holds = mode switch
        {
            VoteMode.All => votes == group,
            VoteMode.Any => votes != 0,
            _ => votes == group || votes == 0,
        };
        warp.SetPredicate(result, group, holds ? uint.MaxValue : 0);
    }

    /// <summary>The same word in every lane of a group.</summary>
    internal static void Spread(Warp warp, Slot slot, uint group, uint value)
    {
        for (var lane = 0; lane < 32; lane++)
            if ((group >> lane & 1) != 0) warp.Lane<uint>(slot, lane) = value;
    }
}

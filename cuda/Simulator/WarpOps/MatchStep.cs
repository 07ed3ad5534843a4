using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>match.sync</c>: <c>any</c> gives each lane the lanes of the group that hold its value; <c>all</c> gives the group and true if all hold one value, else 0 and false.
/// </summary>
internal sealed class MatchStep(bool all, Slot result, Slot? same, Slot value, bool wide, Slot members, uint? constant) : MaskedStep(members, constant)
{
    /// <inheritdoc/>
    protected override void Run(Warp warp, uint group)
    {
        var first = Value(warp, BitOperations.TrailingZeroCount(group));
        if (all)
        {
            var equal = Holders(warp, group, first) == group;
            VoteStep.Spread(warp, result, group, equal ? group : 0);
            if (same is { } predicate) warp.SetPredicate(predicate, group, equal ? uint.MaxValue : 0);
            return;
        }

        for (var left = group; left != 0;)
        {
            var holders = Holders(warp, left, Value(warp, BitOperations.TrailingZeroCount(left)));
            VoteStep.Spread(warp, result, holders, holders);
            left &= ~holders;
        }
    }

    private uint Holders(Warp warp, uint among, ulong wanted)
    {
        var holders = 0u;
        for (var rest = among; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            if (Value(warp, lane) == wanted) holders |= 1u << lane;
        }

        return holders;
    }

    // A result that overwrites the value is harmless: a lane is written only after it has been compared for the last time.
    private ulong Value(Warp warp, int lane) => wide ? warp.Lane<ulong>(value, lane) : warp.Lane<uint>(value, lane);
}

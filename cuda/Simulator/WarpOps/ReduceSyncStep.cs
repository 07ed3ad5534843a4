using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>redux.sync</c>: add, min, max, and, or, xor of a 32-bit integer over the group, given to each of its lanes.</summary>
internal sealed class ReduceSyncStep(string operation, bool signed, Slot result, Slot value, Slot members, uint? constant) : MaskedStep(members, constant)
{
    /// <inheritdoc/>
    protected override void Run(Warp warp, uint group)
    {
        var sum = warp.Lane<uint>(value, BitOperations.TrailingZeroCount(group));
        for (var rest = group & (group - 1); rest != 0; rest &= rest - 1)
        {
            var x = warp.Lane<uint>(value, BitOperations.TrailingZeroCount(rest));
            sum = operation switch
            {
                "add" => sum + x,
                "and" => sum & x,
                "or" => sum | x,
                "xor" => sum ^ x,
                "min" => signed ? (uint)Math.Min((int)sum, (int)x) : Math.Min(sum, x),
                _ => signed ? (uint)Math.Max((int)sum, (int)x) : Math.Max(sum, x),
            };
        }

        VoteStep.Spread(warp, result, group, sum);
    }
}

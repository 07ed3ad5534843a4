using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A warp instruction with a member mask (PTX ISA 8.4, section 9.7.8): lanes of equal mask form a group and act as one. Every lane must be in its own mask, and
/// every lane of the mask that has not exited must execute the instruction with the same mask.
/// </summary>
/// <param name="members">Register or constant that holds the mask of each lane.</param>
/// <param name="constant">The mask, if it is a constant.</param>
internal abstract class MaskedStep(Slot members, uint? constant) : WarpSyncStep
{
    /// <inheritdoc/>
    public override uint Members(Warp warp, uint here)
    {
        var union = 0u;
        for (var rest = here; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var mask = constant ?? warp.Lane<uint>(members, lane);
            if ((mask >> lane & 1) == 0) throw NotMember(warp, lane, mask);
            union |= mask;
            if (constant is not null && (here & ~mask) == 0) break;
        }

        return union;
    }

    /// <inheritdoc/>
    public sealed override void Execute(Warp warp, uint mask)
    {
        while (mask != 0)
        {
            var first = BitOperations.TrailingZeroCount(mask);
            var value = constant ?? warp.Lane<uint>(members, first);
            var group = mask;
            if (constant is null)
            {
                for (var rest = mask & (mask - 1); rest != 0; rest &= rest - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(rest);
                    if (warp.Lane<uint>(members, lane) != value) group &= ~(1u << lane);
                }
            }

            if ((group & ~value) is var outside and not 0) throw NotMember(warp, BitOperations.TrailingZeroCount(outside), value);
            if ((value & warp.Lanes & ~warp.Exited & ~group) is var missing and not 0)
            {
                var lane = BitOperations.TrailingZeroCount(missing);
                throw Fault(KernelFault.WarpMask, warp, first, $"member mask 0x{value:x8} of lane {first} names lane {lane}, which does not execute it with this mask");
            }

            Run(warp, group);
            mask &= ~group;
        }
    }

    /// <summary>Does the work of one group.</summary>
    protected abstract void Run(Warp warp, uint group);

    private KernelFaultException NotMember(Warp warp, int lane, uint mask) =>
        Fault(KernelFault.WarpMask, warp, lane, $"lane {lane} executes it but is not in its member mask 0x{mask:x8}");
}

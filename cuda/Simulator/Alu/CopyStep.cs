using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>mov</c> from register to register; where the source holds no value, neither does the destination.</summary>
internal sealed unsafe class CopyStep(Slot to, Slot from, int size) : Step
{
    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        byte* target = warp.File + to.Offset, source = warp.File + from.Offset;
        if (mask == uint.MaxValue && to.Stride == from.Stride && size == to.Stride)
        {
            Buffer.MemoryCopy(source, target, 32 * size, 32 * size);
        }
        else
        {
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                MemoryAccess.Store(target + lane * to.Stride, source + lane * from.Stride, size);
            }
        }

        var defined = warp.Defined;
        defined[to.Index] = (defined[to.Index] & ~mask) | (defined[from.Index] & mask);
    }
}

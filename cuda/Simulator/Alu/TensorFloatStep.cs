using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>d = a with 10 bits of mantissa: <c>cvt.tf32.f32</c>.</summary>
internal sealed class TensorFloatStep(Slot d, Slot a, string mode, bool relu, bool finite) : Step
{
    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var x = warp.Lane<float>(a, lane);
            if (relu && x <= 0) x = 0;
            var bits = Conversion.ToTensorFloat(x, mode);
            if (finite && (bits & 0x7FFFFFFF) == 0x7F800000) bits = (bits & 0x80000000) | 0x7F7FE000;
            warp.Lane<uint>(d, lane) = bits;
        }
    }
}

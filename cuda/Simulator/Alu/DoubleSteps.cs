using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Steps of binary64 arithmetic in a directed rounding mode.</summary>
internal static class DoubleSteps
{
    private delegate double Rounded(double a, double b, double c, RoundingMode mode);

    /// <summary>d = a + b.</summary>
    public static Step Add(Slot d, Slot a, Slot b, RoundingMode mode) =>
        new RoundedStep(static (a, b, _, mode) => DoubleRounding.Add(a, b, mode), d, a, b, b, mode, 1);

    /// <summary>d = a − b.</summary>
    public static Step Subtract(Slot d, Slot a, Slot b, RoundingMode mode) =>
        new RoundedStep(static (a, b, _, mode) => DoubleRounding.Add(a, -b, mode), d, a, b, b, mode, 1);

    /// <summary>d = a · b.</summary>
    public static Step Multiply(Slot d, Slot a, Slot b, RoundingMode mode) =>
        new RoundedStep(static (a, b, _, mode) => DoubleRounding.Multiply(a, b, mode), d, a, b, b, mode, 1);

    /// <summary>d = a · b + c.</summary>
    public static Step FusedMultiplyAdd(Slot d, Slot a, Slot b, Slot c, RoundingMode mode) =>
        new RoundedStep(DoubleRounding.FusedMultiplyAdd, d, a, b, c, mode, 2);

    /// <summary>d = a / b.</summary>
    public static Step Divide(Slot d, Slot a, Slot b, RoundingMode mode) =>
        new RoundedStep(static (a, b, _, mode) => DoubleRounding.Divide(a, b, mode), d, a, b, b, mode, 1);

    /// <summary>d = 1 / a.</summary>
    public static Step Reciprocal(Slot d, Slot a, RoundingMode mode) =>
        new RoundedStep(static (a, _, _, mode) => DoubleRounding.Divide(1, a, mode), d, a, a, a, mode, 1);

    /// <summary>d = √a.</summary>
    public static Step Sqrt(Slot d, Slot a, RoundingMode mode) =>
        new RoundedStep(static (a, _, _, mode) => DoubleRounding.Sqrt(a, mode), d, a, a, a, mode, 1);

    private sealed class RoundedStep(Rounded function, Slot d, Slot a, Slot b, Slot c, RoundingMode mode, int flops) : Step
    {
        public override int FlopsPerLane => flops;

        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                warp.Lane<double>(d, lane) = function(warp.Lane<double>(a, lane), warp.Lane<double>(b, lane), warp.Lane<double>(c, lane), mode);
            }
        }
    }
}

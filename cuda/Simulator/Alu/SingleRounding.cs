namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// binary32 arithmetic in the four rounding modes. The exact result is a double s, the nearest one, plus an error e of known sign and less than half a unit
/// of s. With f the float nearest to s, the exact result lies on the side of f that s − f says, or e if that is zero; f is then moved one float at most.
/// </summary>
internal static class SingleRounding
{
    /// <summary>a + b.</summary>
    public static float Add(float a, float b, RoundingMode mode)
    {
        if (mode == RoundingMode.Nearest) return a + b;
        return Sum(a, b, mode);
    }

    /// <summary>a · b; the product of two floats is exact in double.</summary>
    public static float Multiply(float a, float b, RoundingMode mode) =>
        mode == RoundingMode.Nearest ? a * b : Round((double)a * b, 0, mode);

    /// <summary>a · b + c, rounded once.</summary>
    public static float FusedMultiplyAdd(float a, float b, float c, RoundingMode mode) =>
        mode == RoundingMode.Nearest ? MathF.FusedMultiplyAdd(a, b, c) : Sum((double)a * b, c, mode);

    /// <summary>a / b; the remainder's sign tells the error's.</summary>
    public static float Divide(float a, float b, RoundingMode mode)
    {
        if (mode == RoundingMode.Nearest) return a / b;
        var quotient = (double)a / b;
        var remainder = Math.FusedMultiplyAdd(-quotient, b, a);
        return Round(quotient, b < 0 ? -remainder : remainder, mode);
    }

    /// <summary>√a.</summary>
    public static float Sqrt(float a, RoundingMode mode)
    {
        if (mode == RoundingMode.Nearest) return MathF.Sqrt(a);
        var root = Math.Sqrt(a);
        return Round(root, Math.FusedMultiplyAdd(-root, root, a), mode);
    }

    /// <summary>Float from value + error, where |error| is below half a unit of value.</summary>
    public static float Round(double value, double error, RoundingMode mode)
    {
        var nearest = (float)value;
        if (mode == RoundingMode.Nearest) return nearest;
        var above = value - nearest;
        if (above == 0) above = error;
        if (above == 0 || double.IsNaN(above)) return nearest;
        var down = mode == RoundingMode.Down || (mode == RoundingMode.Zero && value > 0);
        if (down) return above < 0 ? MathF.BitDecrement(nearest) : nearest;
        return above > 0 ? MathF.BitIncrement(nearest) : nearest;
    }

    /// <summary>Sum of two doubles that hold a float or the product of two; the error of the double sum is exact (Knuth's TwoSum).</summary>
    private static float Sum(double a, double b, RoundingMode mode)
    {
        var sum = a + b;
        if (sum == 0) return mode == RoundingMode.Down && (!double.IsPositive(a) || !double.IsPositive(b)) ? -0f : (float)sum;
        var rest = sum - a;
        return Round(sum, (a - (sum - rest)) + (b - rest), mode);
    }
}

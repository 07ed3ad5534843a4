namespace SiaEngine.Cuda.Simulator;

/// <summary>A function of up to three half-precision numbers, in double; operands an instruction lacks are 0.</summary>
internal delegate double HalfFunction(double a, double b, double c);

/// <summary>
/// Half-precision functions, exact or rounded to odd in double, which rounded once more gives the nearest half-precision number (double has more than two
/// bits to spare).
/// </summary>
internal static class HalfMaps
{
    /// <summary>a + b.</summary>
    public static double Add(double a, double b, double c) => Sum(a, b);

    /// <summary>a − b.</summary>
    public static double Subtract(double a, double b, double c) => Sum(a, -b);

    /// <summary>a · b.</summary>
    public static double Multiply(double a, double b, double c) => a * b;

    /// <summary>a · b + c.</summary>
    public static double FusedMultiplyAdd(double a, double b, double c) => Sum(a * b, c);

    /// <summary>−a.</summary>
    public static double Negate(double a, double b, double c) => -a;

    /// <summary>|a|.</summary>
    public static double Absolute(double a, double b, double c) => Math.Abs(a);

    /// <summary>The smaller; a number if either is one.</summary>
    public static double Min(double a, double b, double c) => double.MinNumber(a, b);

    /// <summary>The larger; a number if either is one.</summary>
    public static double Max(double a, double b, double c) => double.MaxNumber(a, b);

    /// <summary>The smaller, NaN if either is.</summary>
    public static double MinNaN(double a, double b, double c) => Math.Min(a, b);

    /// <summary>The larger, NaN if either is.</summary>
    public static double MaxNaN(double a, double b, double c) => Math.Max(a, b);

    /// <summary>f of the magnitudes with the signs' product, which NaN loses.</summary>
    public static HalfFunction XorSign(HalfFunction f) => (a, b, c) =>
    {
        var magnitude = f(Math.Abs(a), Math.Abs(b), c);
        return double.IsNegative(a) != double.IsNegative(b) ? -magnitude : magnitude;
    };

    /// <summary>2^a; the ISA allows 2^-9.9 relative for f16, 2^-7 for bf16.</summary>
    public static double Exp2(double a, double b, double c) => Approximations.Exp2.Apply((float)a);

    /// <summary>tanh a; the ISA allows 2^-10.987 absolute for f16, 2^-8 for bf16.</summary>
    public static double Tanh(double a, double b, double c) => Math.Tanh(a);

    private static double Sum(double a, double b)
    {
        var sum = a + b;
        if (!double.IsFinite(sum)) return sum;
        var rest = sum - a;
        var error = (a - (sum - rest)) + (b - rest);
        var bits = BitConverter.DoubleToInt64Bits(sum);
        if (error == 0 || (bits & 1) != 0) return sum;
        return BitConverter.Int64BitsToDouble(error > 0 == sum > 0 ? bits + 1 : bits - 1);
    }
}

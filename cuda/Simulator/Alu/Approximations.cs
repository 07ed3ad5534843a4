namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// The <c>.approx</c> functions. Each is computed in double and rounded once, far inside the error the ISA allows a device (given with each), so results are
/// the same everywhere; a kernel must not rely on more than the bound.
/// </summary>
internal static class Approximations
{
    /// <summary>a / b; within 2 ulp for |b| in [2^-126, 2^126]. Beyond, b counts as infinite: 0, or NaN if a is infinite.</summary>
    public readonly struct Divide : IMap<float, float, float>
    {
        public static float Apply(float a, float b) => MathF.Abs(b) > 8.507059e37f && !float.IsInfinity(b) ? a * MathF.CopySign(0, b) : a / b;
    }

    /// <summary>a^-1/2, within 2^-22.9 relative; −∞ of −0, +0 of +∞, NaN below zero.</summary>
    public readonly struct ReciprocalSqrt : IMap<float, float>
    {
        public static float Apply(float a) => (float)(1 / Math.Sqrt(a));
    }

    /// <summary>2^a, within 2 ulp; +0 of −∞.</summary>
    public readonly struct Exp2 : IMap<float, float>
    {
        public static float Apply(float a)
        {
            if (!(a < 129)) return a + float.PositiveInfinity;
            if (a < -151) return 0;
            // 2^a = 2^n · e^r with |r| <= ln 2 / 2: the series ends at r^12 / 12!, 2e-16 of the result.
            var n = Math.Round((double)a);
            var r = (a - n) * 0.69314718055994530942;
            var p = 1 + (r * (1 + (r * (1.0 / 2 + (r * (1.0 / 6 + (r * (1.0 / 24 + (r * (1.0 / 120 + (r * (1.0 / 720 + (r * (1.0 / 5040
                + (r * (1.0 / 40320 + (r * (1.0 / 362880 + (r * (1.0 / 3628800 + (r * (1.0 / 39916800 + (r / 479001600)))))))))))))))))))))));
            return (float)(p * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52));
        }
    }

    /// <summary>log2 a, within 2^-22 absolute in (0.5, 2) and relative outside; −∞ of ±0, NaN below.</summary>
    public readonly struct Log2 : IMap<float, float>
    {
        public static float Apply(float a) => (float)Math.Log2(a);
    }

    /// <summary>sin a, within 2^-20.5 absolute in [−2π, 2π]; NaN of ±∞.</summary>
    public readonly struct Sin : IMap<float, float>
    {
        public static float Apply(float a) => (float)Math.Sin(a);
    }

    /// <summary>cos a, within 2^-20.5 absolute in [−2π, 2π]; NaN of ±∞.</summary>
    public readonly struct Cos : IMap<float, float>
    {
        public static float Apply(float a) => (float)Math.Cos(a);
    }

    /// <summary>tanh a, within 2^-11 relative.</summary>
    public readonly struct Tanh : IMap<float, float>
    {
        public static float Apply(float a) => (float)Math.Tanh(a);
    }

    /// <summary><c>rcp.approx.ftz.f64</c>: the upper 32 bits of a and of 1 / a, the lower are zero; within 2^-19.</summary>
    public readonly struct ReciprocalDouble : IMap<double, double>
    {
        public static double Apply(double a) => Upper(1 / Upper(a));
    }

    /// <summary><c>rsqrt.approx.ftz.f64</c>: the upper 32 bits of a and of a^-1/2, the lower are zero; within 2^-19.</summary>
    public readonly struct ReciprocalSqrtDoubleUpper : IMap<double, double>
    {
        public static double Apply(double a) => Upper(1 / Math.Sqrt(Upper(a)));
    }

    /// <summary><c>rsqrt.approx.f64</c>.</summary>
    public readonly struct ReciprocalSqrtDouble : IMap<double, double>
    {
        public static double Apply(double a) => 1 / Math.Sqrt(a);
    }

    /// <summary>The number in the upper 32 bits, subnormals flushed to zero of the same sign.</summary>
    private static double Upper(double x)
    {
        if (double.IsNaN(x)) return BitConverter.UInt64BitsToDouble(0x7FFFFFFF00000000);
        if (Math.Abs(x) < 2.2250738585072014e-308) return Math.CopySign(0, x);
        return BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(x) & 0xFFFFFFFF00000000);
    }
}

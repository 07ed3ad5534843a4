using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Elementary functions on registers of any width.</summary>
internal static class VectorMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;

    /// <summary>
    /// eˣ. Largest error 1.02 ulp in f32 (every float was tried), 1.08 ulp in f64 (200,000 points). Results below 1.7e-38 (f32) or 3.2e-308 (f64)
    /// are 0, those beyond the largest number infinite; NaN stays NaN.
    /// </summary>
    /// <remarks>
    /// x = n ln 2 + r with |r| ≤ ln 2 / 2, in two parts so that r keeps its low bits (Cody and Waite 1980); eˣ = 2ⁿ (1 + r + r² q(r)), q minimax.
    /// A call of its own: several copies in one loop exceed what the JIT is willing to inline, and it would call their parts.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Exp<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        x = typeof(T) == typeof(float) ? V.Max(V.Of(-87.5), V.Min(V.Of(89.0), x)) : V.Max(V.Of(-708.5), V.Min(V.Of(710.0), x));
        var r = Reduce<V, T>(x, out var shifted);
        return Scale<V, T>(r, shifted);
    }

    /// <summary>tanh x; largest error 2.7 ulp in f32, 2.6 ulp in f64.</summary>
    /// <remarks>(e²ˣ − 1) / (e²ˣ + 1) with the numerator computed as such, so that small x keep their precision.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Beyond 20 the result is ±1 in both types.
        x = V.Max(V.Of(-20.0), V.Min(V.Of(20.0), x));
        var r = Reduce<V, T>(x + x, out var shifted);
        var power = V.ToExponent(shifted) * V.Of(2.0);
        var excess = V.Fma(Excess<V, T>(r), power, power - V.Of(1.0));
        return excess / (excess + V.Of(2.0));
    }

    /// <summary>ln x; largest error 0.85 ulp in f32, 0.8 ulp in f64. −∞ at 0, NaN below.</summary>
    /// <remarks>x = 2ⁿ m with m in [√½, √2), f = m − 1; ln m = 2 artanh(f / (2 + f)), arranged so that f, which is exact, leads the sum.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        var single = typeof(T) == typeof(float);
        var (smallest, up, shift) = single ? (1.17549435e-38, 33554432.0, 25.0) : (2.2250738585072014e-308, 18014398509481984.0, 54.0);
        var n = V.Split(V.IfGreater(V.Of(smallest), x, x * V.Of(up), x), out var m);
        n -= V.IfGreater(V.Of(smallest), x, V.Of(shift), V.Of(0.0));
        n += V.IfGreater(m, V.Of(1.4142135623730951), V.Of(1.0), V.Of(0.0));
        m = V.IfGreater(m, V.Of(1.4142135623730951), m * V.Of(0.5), m);
        var f = m - V.Of(1.0);
        var s = f / (f + V.Of(2.0));
        var z = s * s;
        var half = f * f * V.Of(0.5);
        var low = V.Fma(s, V.Fma(z, Artanh<V, T>(z), half), n * V.Of(single ? -2.12194440054690582767e-4 : 1.42860682030941723212e-6));
        var result = V.Fma(n, V.Of(single ? 0.693359375 : 0.693145751953125), f - (half - low));
        // x − x is NaN for NaN and ∞, else 0.
        result = V.IfGreater(x, V.Of(single ? float.MaxValue : double.MaxValue), x, result + (x - x));
        return V.IfGreater(x, V.Of(0.0), result, V.IfGreater(V.Of(0.0), x, V.Of(double.NaN), V.Of(double.NegativeInfinity) + (x - x)));
    }

    /// <summary>(2 artanh(s) − 2s) / s³ of z = s² ≤ 0.0295, minimax; error relative to ln: 8.1e-10 and 1.3e-18.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Artanh<V, T>(V z) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return V.Fma(V.Fma(V.Of(0.2987200068159975258), z, V.Of(0.3997753221102822023)), z, V.Of(0.6666677645039806465));
        var p = V.Fma(V.Of(0.1479626268756375128), z, V.Of(0.1531402095302678074));
        p = V.Fma(p, z, V.Of(0.1818356541440881632));
        p = V.Fma(p, z, V.Of(0.2222219855363035766));
        p = V.Fma(p, z, V.Of(0.2857142874256389259));
        p = V.Fma(p, z, V.Of(0.3999999999941395435));
        return V.Fma(p, z, V.Of(0.666666666666673451));
    }

    /// <summary>2ˣ, with the accuracy and limits of <see cref="Exp"/>; one rounding less on the way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp2<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        x = typeof(T) == typeof(float) ? V.Max(V.Of(-126.0), V.Min(V.Of(128.0), x)) : V.Max(V.Of(-1022.0), V.Min(V.Of(1024.0), x));
        var shifted = x + V.Of(Shift<T>());
        return Scale<V, T>((x - (shifted - V.Of(Shift<T>()))) * V.Of(Ln2), shifted);
    }

    /// <summary>
    /// Adding 1.5 · 2^(mantissa bits) rounds to an integer and leaves it in the low bits; the bias in it, one less than the format's, lets n reach the
    /// exponent of the largest number without becoming the pattern of infinity. The missing factor 2 is in the mantissa.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Shift<T>() => typeof(T) == typeof(float) ? 12582912.0 + 126 : 6755399441055744.0 + 1022;

    /// <summary>r and n of x = n ln 2 + r, n in the low bits of <paramref name="shifted"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduce<V, T>(V x, out V shifted) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        shifted = V.Fma(x, V.Of(Log2E), V.Of(Shift<T>()));
        var n = shifted - V.Of(Shift<T>());
        return typeof(T) == typeof(float)
            ? V.Fma(n, V.Of(2.12194440054690582767e-4), V.Fma(n, V.Of(-0.693359375), x))
            : V.Fma(n, V.Of(-1.42860682030941723212e-6), V.Fma(n, V.Of(-0.693145751953125), x));
    }

    /// <summary>2ⁿ eʳ, n in the low bits of <paramref name="shifted"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scale<V, T>(V r, V shifted) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
        V.Fma(Excess<V, T>(r), V.Of(2.0), V.Of(2.0)) * V.ToExponent(shifted);

    /// <summary>eʳ − 1 for |r| ≤ ln 2 / 2. Error of the polynomials relative to eʳ: 3.1e-9 and 3.7e-18.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Excess<V, T>(V r) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        V q;
        if (typeof(T) == typeof(float))
        {
            q = V.Fma(V.Of(0.001381453788372773647), r, V.Of(0.008368745320112693648));
            q = V.Fma(q, r, V.Of(0.0416683908314931838));
            q = V.Fma(q, r, V.Of(0.1666652039677005163));
            q = V.Fma(q, r, V.Of(0.4999999343189041039));
        }
        else
        {
            q = V.Fma(V.Of(2.500002080569251018e-8), r, V.Of(2.763030680336165464e-7));
            q = V.Fma(q, r, V.Of(2.75575868003182888e-6));
            q = V.Fma(q, r, V.Of(0.00002480149294798617207));
            q = V.Fma(q, r, V.Of(0.0001984126950577358055));
            q = V.Fma(q, r, V.Of(0.001388888894376165888));
            q = V.Fma(q, r, V.Of(0.008333333333494980253));
            q = V.Fma(q, r, V.Of(0.04166666666652972137));
            q = V.Fma(q, r, V.Of(0.166666666666664115));
            q = V.Fma(q, r, V.Of(0.500000000000001067));
        }

        return V.Fma(r * r, q, r);
    }
}

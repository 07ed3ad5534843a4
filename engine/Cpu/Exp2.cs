using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// 2^x on vectors. With n = x rounded and f = x − n in [−½, ½], 2^x = 2ⁿ · (1 + f · q(f)); q approximates (2^f − 1) / f.
/// float: q of degree 5, interpolating at Chebyshev nodes, relative error at most 1.5e-7 (9e-9 of it from q); double: Taylor, degree 12, 4e-16.
/// Exact at integers. Results under 2^-125 (float) and 2^-1021 (double) are zero; x may be −∞ but must lie under 127 and 1023.
/// </summary>
internal static class Exp2<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of(V x)
    {
        // Adding 1.5 · 2^mantissa rounds x to an integer that stands in the low bits of the sum.
        var shifter = Constant(typeof(T) == typeof(float) ? 12582912.0 : 6755399441055744.0);
        var shifted = L.Add(x, shifter);
        var f = L.Subtract(x, L.Subtract(shifted, shifter));
        var q = typeof(T) == typeof(float) ? Single(f) : Double(f);
        var y = L.ScaleByPowerOfTwo(L.MultiplyAdd(q, f, Constant(1)), shifted);
        return L.ZeroWhereBelow(x, Constant(typeof(T) == typeof(float) ? -125.0 : -1021.0), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Single(V f)
    {
        var q = Step(Constant(1.545316294214853e-4), f, 1.339086336464892e-3);
        q = Step(q, f, 9.618082557285924e-3);
        q = Step(q, f, 5.550357114219124e-2);
        q = Step(q, f, 2.4022650760568087e-1);
        return Step(q, f, 6.931471880262288e-1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Double(V f)
    {
        var q = Step(Constant(1.3691488853904124e-12), f, 2.5678435993488196e-11);
        q = Step(q, f, 4.44553827187081e-10);
        q = Step(q, f, 7.054911620801121e-09);
        q = Step(q, f, 1.0178086009239696e-07);
        q = Step(q, f, 1.3215486790144305e-06);
        q = Step(q, f, 1.5252733804059838e-05);
        q = Step(q, f, 0.00015403530393381606);
        q = Step(q, f, 0.0013333558146428441);
        q = Step(q, f, 0.009618129107628477);
        q = Step(q, f, 0.055504108664821576);
        q = Step(q, f, 0.2402265069591007);
        return Step(q, f, 0.6931471805599453);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step(V q, V f, double coefficient) => L.MultiplyAdd(q, f, Constant(coefficient));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Constant(double x) => typeof(T) == typeof(float) ? L.Broadcast(Unsafe.BitCast<float, T>((float)x)) : L.Broadcast(Unsafe.BitCast<double, T>(x));
}

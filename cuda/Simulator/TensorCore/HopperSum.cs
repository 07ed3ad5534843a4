using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <see cref="MmaNumerics.Hopper"/>: with e the largest exponent of a product (the sum of its factors' exponents) or of the old value, every term is truncated to
/// a multiple of 2^(e − 25), the terms are added exactly, and the sum is truncated to f32 or rounded to f16. Zeros have no exponent.
/// </summary>
internal static unsafe class HopperSum
{
    private const int FractionBits = 25;
    private const double NoExponent = -10000;
    private const double Lowest = -126;

    // Added to a small integer it leaves that integer in the low bits of the double.
    private const double IntegerInLowBits = 6755399441055744.0;

    private static readonly double SmallestNormal = Math.ScaleB(1, -126), TooLarge = Math.ScaleB(1, 128), PerSubnormal = Math.ScaleB(1, 149);

    /// <summary>Computes C.</summary>
    [SkipLocalsInit]
    public static void Run(in MmaProblem p)
    {
        var (m, n, k) = (p.Shape.M, p.Shape.N, p.Shape.K);
        double* ea = stackalloc double[16 * 16], eb = stackalloc double[16 * 8], ec = stackalloc double[16 * 8];
        var special = !Exponents(p.A, m * k, p.InputExponent, ea) | !Exponents(p.B, k * n, p.InputExponent, eb) | !Exponents(p.C, m * n, p.OldExponent, ec);
        for (var row = 0; row < m; row++)
        {
            double* a = p.A + row * k, exponent = ea + row * k, c = p.C + row * n, old = ec + row * n;
            // Eight columns, four to a vector. No exponent is NaN, so the plain maximum of the machine will do.
            var (most0, most1) = (Vector256.Create(Lowest), Vector256.Create(Lowest));
            most0 = Vector256.MaxNative(most0, Vector256.Load(old));
            most1 = Vector256.MaxNative(most1, Vector256.Load(old + 4));
            for (var i = 0; i < k; i++)
            {
                var x = Vector256.Create(exponent[i]);
                most0 = Vector256.MaxNative(most0, x + Vector256.Load(eb + i * n));
                most1 = Vector256.MaxNative(most1, x + Vector256.Load(eb + i * n + 4));
            }

            most0 -= Vector256.Create((double)FractionBits);
            most1 -= Vector256.Create((double)FractionBits);
            Vector256<double> scale0 = PowerOfTwo(-most0), scale1 = PowerOfTwo(-most1);
            var sum0 = Vector256.Truncate(Vector256.Load(c) * scale0);
            var sum1 = Vector256.Truncate(Vector256.Load(c + 4) * scale1);
            for (var i = 0; i < k; i++)
            {
                var x = Vector256.Create(a[i]);
                sum0 += Vector256.Truncate(x * Vector256.Load(p.B + i * n) * scale0);
                sum1 += Vector256.Truncate(x * Vector256.Load(p.B + i * n + 4) * scale1);
            }

            sum0 *= PowerOfTwo(most0);
            sum1 *= PowerOfTwo(most1);
            if (special)
            {
                StoreChecked(p, row, 0, sum0);
                StoreChecked(p, row, 4, sum1);
            }
            else
            {
                sum0.Store(c);
                sum1.Store(c + 4);
            }
        }

        for (var i = 0; i < m * n; i++) p.C[i] = p.Single ? Truncate(p.C[i]) : p.C[i];
    }

    /// <summary>The f32 next to a value on the side of zero; infinite from 2^128.</summary>
    internal static double Truncate(double value)
    {
        var magnitude = Math.Abs(value);
        if (magnitude >= SmallestNormal && magnitude < TooLarge)
            return BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) & ~((1UL << 29) - 1));
        return magnitude < SmallestNormal ? Math.Truncate(value * PerSubnormal) / PerSubnormal : value;
    }

    private static void StoreChecked(in MmaProblem p, int row, int column, Vector256<double> sum)
    {
        for (var i = 0; i < Vector256<double>.Count; i++)
            p.C[row * p.Shape.N + column + i] = p.Special(row, column + i) ?? sum[i];
    }

    private static Vector256<double> PowerOfTwo(Vector256<double> exponent) =>
        ((exponent + Vector256.Create(1023 + IntegerInLowBits)).AsInt64() << 52).AsDouble();

    /// <summary>Exponents of values; false if one is infinite or NaN.</summary>
    private static bool Exponents(double* values, int count, int least, double* exponents)
    {
        var finite = true;
        for (var i = 0; i < count; i++)
        {
            var biased = (int)(BitConverter.DoubleToUInt64Bits(values[i]) >> 52) & 0x7FF;
            exponents[i] = biased == 0 ? NoExponent : Math.Max(biased - 1023, least);
            finite &= biased != 0x7FF;
        }

        return finite;
    }
}

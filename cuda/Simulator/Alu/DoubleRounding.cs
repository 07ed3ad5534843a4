using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>binary64 arithmetic towards zero, minus or plus infinity: exact integers, then one rounding. Slow and rare.</summary>
internal static class DoubleRounding
{
    /// <summary>a + b.</summary>
    public static double Add(double a, double b, RoundingMode mode)
    {
        var sum = a + b;
        if (!double.IsFinite(a) || !double.IsFinite(b)) return sum;
        if (sum == 0) return mode == RoundingMode.Down && (!double.IsPositive(a) || !double.IsPositive(b)) ? -0d : sum;
        var (left, leftExponent) = Split(a);
        var (right, rightExponent) = Split(b);
        return Sum(left, leftExponent, right, rightExponent, mode);
    }

    /// <summary>a · b.</summary>
    public static double Multiply(double a, double b, RoundingMode mode)
    {
        if (a == 0 || b == 0 || !double.IsFinite(a) || !double.IsFinite(b)) return a * b;
        var (left, leftExponent) = Split(a);
        var (right, rightExponent) = Split(b);
        return Round(left * right, leftExponent + rightExponent, false, mode);
    }

    /// <summary>a · b + c.</summary>
    public static double FusedMultiplyAdd(double a, double b, double c, RoundingMode mode)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b) || !double.IsFinite(c)) return Math.FusedMultiplyAdd(a, b, c);
        if (a == 0 || b == 0) return Add(a * b, c, mode);
        var (left, leftExponent) = Split(a);
        var (right, rightExponent) = Split(b);
        var (addend, addendExponent) = Split(c);
        return Sum(left * right, leftExponent + rightExponent, addend, addendExponent, mode);
    }

    /// <summary>a / b.</summary>
    public static double Divide(double a, double b, RoundingMode mode)
    {
        if (a == 0 || b == 0 || !double.IsFinite(a) || !double.IsFinite(b)) return a / b;
        var (left, leftExponent) = Split(a);
        var (right, rightExponent) = Split(b);
        var quotient = BigInteger.DivRem(BigInteger.Abs(left) << 128, BigInteger.Abs(right), out var rest);
        return Round(left.Sign == right.Sign ? quotient : -quotient, leftExponent - rightExponent - 128, !rest.IsZero, mode);
    }

    /// <summary>√a.</summary>
    public static double Sqrt(double a, RoundingMode mode)
    {
        if (!(a > 0) || !double.IsFinite(a)) return Math.Sqrt(a);
        var (square, exponent) = Split(a);
        var shift = (exponent & 1) == 0 ? 128 : 129;
        square <<= shift;
        var root = BigInteger.One << (int)((square.GetBitLength() + 1) / 2);
        for (var next = (root + (square / root)) >> 1; next < root; next = (root + (square / root)) >> 1) root = next;
        return Round(root, (exponent - shift) / 2, root * root != square, mode);
    }

    private static double Sum(BigInteger a, int aExponent, BigInteger b, int bExponent, RoundingMode mode)
    {
        var exponent = Math.Min(aExponent, bExponent);
        var sum = (a << (aExponent - exponent)) + (b << (bExponent - exponent));
        return sum.IsZero ? mode == RoundingMode.Down ? -0d : 0 : Round(sum, exponent, false, mode);
    }

    /// <summary>
    /// The double next to value · 2^exponent in the mode's direction; <paramref name="more"/>: the magnitude is a little larger than that of value, which is not
    /// zero and then has more than 53 bits.
    /// </summary>
    private static double Round(BigInteger value, int exponent, bool more, RoundingMode mode)
    {
        var negative = value.Sign < 0;
        var magnitude = BigInteger.Abs(value);
        var unit = Math.Max((int)magnitude.GetBitLength() + exponent - 53, -1074);
        var shift = unit - exponent;
        var kept = shift > 0 ? magnitude >> shift : magnitude << -shift;
        var inexact = more || (shift > 0 && kept << shift != magnitude);
        var away = mode == RoundingMode.Up ? !negative : mode == RoundingMode.Down && negative;
        if (inexact && away) kept += 1;
        if (unit > 971 || (unit == 971 && kept.GetBitLength() > 53)) kept = (BigInteger.One << 53) - (away ? 0 : 1);
        if (unit > 971) unit = 971;
        var bits = ((ulong)(unit + 1074) << 52) + (ulong)kept;
        return BitConverter.UInt64BitsToDouble(negative ? bits | 0x8000000000000000 : bits);
    }

    private static (BigInteger Value, int Exponent) Split(double x)
    {
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var field = (int)(bits >> 52) & 0x7FF;
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (field != 0) mantissa |= 0x10000000000000;
        return (double.IsNegative(x) ? -(BigInteger)mantissa : mantissa, Math.Max(field, 1) - 1075);
    }
}

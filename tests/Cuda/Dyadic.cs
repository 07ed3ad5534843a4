using System.Numerics;

namespace SiaEngine.Tests.Cuda;

/// <summary>Exact number Mantissa · 2^Exponent.</summary>
internal readonly record struct Dyadic(BigInteger Mantissa, int Exponent)
{
    public int Sign => Mantissa.Sign;

    public static Dyadic operator +(Dyadic a, Dyadic b)
    {
        var exponent = Math.Min(a.Exponent, b.Exponent);
        return new((a.Mantissa << (a.Exponent - exponent)) + (b.Mantissa << (b.Exponent - exponent)), exponent);
    }

    public static Dyadic operator -(Dyadic a) => new(-a.Mantissa, a.Exponent);

    public static Dyadic operator -(Dyadic a, Dyadic b) => a + -b;

    public static Dyadic operator *(Dyadic a, Dyadic b) => new(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);
}

using System.Numerics;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>A binary floating-point format, taken apart with integers only; says whether a result is the correctly rounded one.</summary>
internal sealed record FloatFormat(string Name, PtxType Type, int ExponentBits, int MantissaBits)
{
    public static readonly FloatFormat F16 = new("f16", PtxType.F16, 5, 10);
    public static readonly FloatFormat BF16 = new("bf16", PtxType.BF16, 8, 7);
    public static readonly FloatFormat F32 = new("f32", PtxType.F32, 8, 23);
    public static readonly FloatFormat F64 = new("f64", PtxType.F64, 11, 52);

    public int Width => 1 + ExponentBits + MantissaBits;

    /// <summary>Bits of +∞; magnitudes above are NaN.</summary>
    public ulong Infinity => ((1ul << ExponentBits) - 1) << MantissaBits;

    public ulong SignBit => 1ul << (Width - 1);

    public ulong Magnitude(ulong bits) => bits & (SignBit - 1);

    public bool IsNaN(ulong bits) => Magnitude(bits) > Infinity;

    public bool IsFinite(ulong bits) => Magnitude(bits) < Infinity;

    public bool IsNegative(ulong bits) => (bits & SignBit) != 0;

    /// <summary>Value; infinity counts as the power of two it stands in for.</summary>
    public Dyadic Value(ulong bits)
    {
        var magnitude = Magnitude(bits);
        var field = (int)(magnitude >> MantissaBits);
        BigInteger mantissa = magnitude & ((1ul << MantissaBits) - 1);
        if (field != 0) mantissa += BigInteger.One << MantissaBits;
        return new(IsNegative(bits) ? -mantissa : mantissa, Math.Max(field, 1) - (1 << (ExponentBits - 1)) + 1 - MantissaBits);
    }

    /// <summary>Edge values, and random bits from a fixed seed.</summary>
    public ulong[] Samples(int random, int seed)
    {
        var one = ((1ul << (ExponentBits - 1)) - 1) << MantissaBits;
        ulong[] edges =
        [
            0, 1, 2, (1ul << MantissaBits) - 1, 1ul << MantissaBits, (1ul << MantissaBits) + 1, one - 1, one, one + 1, one + (1ul << MantissaBits),
            one + (1ul << (MantissaBits - 1)), Infinity - 1, Infinity - 2, Infinity, Infinity + 1, Infinity + (1ul << (MantissaBits - 1)),
        ];
        var generator = new Random(seed);
        var values = edges.SelectMany(e => new[] { e, e | SignBit }).ToList();
        for (var i = 0; i < random; i++)
        {
            var bits = (ulong)generator.NextInt64() & ((SignBit << 1) - 1);
            // Half of them of moderate size, so that sums and products meet.
            if (i % 2 == 0) bits = (bits & (SignBit | ((1ul << MantissaBits) - 1))) | ((ulong)((1 << (ExponentBits - 1)) - 8 + (i / 2 % 16)) << MantissaBits);
            values.Add(bits);
        }

        return [.. values];
    }

    /// <summary>Fails unless the result is the exact value rounded.</summary>
    /// <param name="result">Bits of the result.</param>
    /// <param name="compare">Sign of the exact value, which is not zero, minus a number.</param>
    /// <param name="mode">Rounding.</param>
    /// <param name="what">For the message.</param>
    public void AssertRounded(ulong result, Func<Dyadic, int> compare, RoundingMode mode, string what)
    {
        Assert.False(IsNaN(result), $"{what}: NaN");
        var sign = compare(new(0, 0));
        Assert.True(sign < 0 == IsNegative(result), $"{what}: sign of {result:X}");
        // By symmetry: the magnitude of the exact value against the magnitudes of the result and its neighbours.
        int Against(Dyadic x) => sign < 0 ? -compare(-x) : compare(x);
        var magnitude = Magnitude(result);
        var toZero = mode == RoundingMode.Zero || mode == (sign < 0 ? RoundingMode.Up : RoundingMode.Down);
        if (mode == RoundingMode.Nearest)
        {
            var even = magnitude % 2 == 0;
            if (magnitude > 0) Assert.True(Against(Between(magnitude - 1)) >= (even ? 0 : 1), $"{what}: {result:X} is too large");
            if (magnitude < Infinity) Assert.True(Against(Between(magnitude)) <= (even ? 0 : -1), $"{what}: {result:X} is too small");
        }
        else if (toZero)
        {
            Assert.True(magnitude < Infinity && Against(Value(magnitude)) >= 0, $"{what}: {result:X} is too large");
            if (magnitude + 1 < Infinity) Assert.True(Against(Value(magnitude + 1)) < 0, $"{what}: {result:X} is too small");
        }
        else
        {
            Assert.True(magnitude > 0 && Against(Value(magnitude - 1)) > 0, $"{what}: {result:X} is too large");
            if (magnitude < Infinity) Assert.True(Against(Value(magnitude)) <= 0, $"{what}: {result:X} is too small");
        }
    }

    private Dyadic Between(ulong magnitude) => (Value(magnitude) + Value(magnitude + 1)) * new Dyadic(1, -1);
}

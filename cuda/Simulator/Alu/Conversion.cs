namespace SiaEngine.Cuda.Simulator;

/// <summary>Scalar conversions between integers and floating-point numbers (PTX ISA 8.4, section 9.7.9.21), by way of double, each rounded once.</summary>
internal static class Conversion
{
    /// <summary>The bits of a binary16 or bfloat16 next to x in the mode's direction; NaN is 0x7FFF.</summary>
    public static ushort ToNarrow(double x, RoundingMode mode, bool brain)
    {
        if (double.IsNaN(x)) return 0x7FFF;
        var nearest = brain ? ((BFloat16)x).Bits : BitConverter.HalfToUInt16Bits((Half)x);
        if (mode == RoundingMode.Nearest) return nearest;
        var above = x - FromNarrow(nearest, brain);
        if (above == 0 || double.IsNaN(above)) return nearest;
        var down = mode == RoundingMode.Down || (mode == RoundingMode.Zero && x > 0);
        return down == above < 0 ? Neighbour(nearest, !down) : nearest;
    }

    /// <summary>Value of a binary16 or bfloat16.</summary>
    public static double FromNarrow(ushort bits, bool brain) => brain ? (float)new BFloat16(bits) : (double)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>
    /// A 64-bit integer as a double with the last bit set if digits were lost ("round to odd"): rounding that once more to 24 bits or fewer gives what rounding
    /// the integer itself would.
    /// </summary>
    public static double ToOdd(bool negative, ulong magnitude)
    {
        var lost = magnitude >> 53 == 0 ? 0 : 11 - System.Numerics.BitOperations.LeadingZeroCount(magnitude);
        var kept = magnitude >> lost;
        if (kept << lost != magnitude) kept |= 1;
        var value = (double)(long)kept * (1L << lost);
        return negative ? -value : value;
    }

    /// <summary>A 64-bit integer as a double in a rounding mode.</summary>
    public static double ToDouble(bool negative, ulong magnitude, RoundingMode mode)
    {
        var lost = magnitude >> 53 == 0 ? 0 : 11 - System.Numerics.BitOperations.LeadingZeroCount(magnitude);
        var kept = magnitude >> lost;
        var rest = magnitude - (kept << lost);
        var half = lost == 0 ? 1 : 1ul << (lost - 1);
        var away = mode switch
        {
            RoundingMode.Nearest => rest > half || (rest == half && (kept & 1) != 0),
            RoundingMode.Down => negative && rest != 0,
            RoundingMode.Up => !negative && rest != 0,
            _ => false,
        };
        if (away) kept++;
        var value = (double)(long)kept * (1L << lost);
        return negative ? -value : value;
    }

    /// <summary>x rounded to an integer, as <c>.rni</c>, <c>.rzi</c>, <c>.rmi</c> and <c>.rpi</c> do.</summary>
    public static double ToIntegral(double x, RoundingMode mode) => mode switch
    {
        RoundingMode.Nearest => Math.Round(x, MidpointRounding.ToEven),
        RoundingMode.Zero => Math.Truncate(x),
        RoundingMode.Down => Math.Floor(x),
        _ => Math.Ceiling(x),
    };

    /// <summary>
    /// An integral double as an integer of a type, sign- or zero-extended to 64 bits; values out of range clamp. NaN is 0, or the top bit alone if the source has
    /// 64 bits or the result has.
    /// </summary>
    public static ulong ToInteger(double x, PtxType type, bool wideSource)
    {
        var bits = 8 * type.Size;
        if (double.IsNaN(x))
        {
            if (!wideSource && bits < 64) return 0;
            return type.IsSigned ? ulong.MaxValue << (bits - 1) : 1ul << (bits - 1);
        }

        if (type.IsSigned)
        {
            var limit = Math.ScaleB(1, bits - 1);
            return (ulong)(x >= limit ? long.MaxValue >> (64 - bits) : x < -limit ? long.MinValue >> (64 - bits) : (long)x);
        }

        return x <= 0 ? 0 : x >= Math.ScaleB(1, bits) ? ulong.MaxValue >> (64 - bits) : (ulong)x;
    }

    /// <summary>
    /// An integer, given sign- or zero-extended, clamped to the range of another type for <c>.sat</c> or cut to its width, and extended again.
    /// </summary>
    public static ulong ToInteger(ulong value, bool sourceSigned, PtxType type, bool saturate)
    {
        var spare = 64 - (8 * type.Size);
        if (saturate)
        {
            var negative = sourceSigned && (long)value < 0;
            if (!type.IsSigned) return negative ? 0 : Math.Min(value, ulong.MaxValue >> spare);
            long least = long.MinValue >> spare, most = long.MaxValue >> spare;
            return negative ? (ulong)Math.Max((long)value, least) : Math.Min(value, (ulong)most);
        }

        return type.IsSigned ? (ulong)((long)(value << spare) >> spare) : value << spare >> spare;
    }

    /// <summary>Bits of a binary32 rounded to 10 bits of mantissa: <c>.rna</c> to nearest, ties away from zero; <c>.rn</c> ties to even; <c>.rz</c> towards zero.</summary>
    public static uint ToTensorFloat(float x, string mode)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        if (float.IsNaN(x)) return 0x7FFFFFFF;
        var added = mode switch
        {
            "rna" => 0x1000u,
            "rn" => 0xFFF + ((bits >> 13) & 1),
            _ => 0u,
        };
        return float.IsInfinity(x) ? bits : (bits + added) & 0xFFFFE000;
    }

    private static ushort Neighbour(ushort bits, bool up)
    {
        if ((bits & 0x7FFF) == 0) return (ushort)(up ? 1 : 0x8001);
        return (ushort)((bits & 0x8000) == 0 == up ? bits + 1 : bits - 1);
    }
}

using System.Globalization;

namespace SiaEngine;

/// <summary>bfloat16: the upper 16 bits of a binary32. Conversion rounds to nearest, ties to even.</summary>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>Widens exactly.</summary>
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>Rounds to nearest even; overflow gives infinity, NaN stays NaN (quiet).</summary>
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Widens a span; both spans have the same length.</summary>
    public static void Widen(ReadOnlySpan<BFloat16> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++) destination[i] = (float)source[i];
    }

    /// <summary>Rounds a span; both spans have the same length.</summary>
    public static void Round(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        for (var i = 0; i < source.Length; i++) destination[i] = (BFloat16)source[i];
    }

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);
}

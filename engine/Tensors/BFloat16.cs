using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

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

    /// <summary>Rounds to nearest even, once: going through a float could round a value that is not a tie to one, and then away from the nearest.</summary>
    public static explicit operator BFloat16(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        var madeTie = (bits & 0xFFFF) == 0x8000 && single != value && !float.IsNaN(single);
        if (!madeTie) return (BFloat16)single;
        return (BFloat16)BitConverter.UInt32BitsToSingle(Math.Abs(value) > Math.Abs((double)single) ? bits + 1 : bits - 1);
    }

    /// <summary>Widens a span.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Widen(ReadOnlySpan<BFloat16> source, Span<float> destination)
    {
        SameLength(source.Length, destination.Length);
        var bits = MemoryMarshal.Cast<BFloat16, ushort>(source);
        var result = MemoryMarshal.Cast<float, uint>(destination);
        var i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(bits[i..]), out var low, out var high);
            (low << 16).CopyTo(result[i..]);
            (high << 16).CopyTo(result[(i + Vector<uint>.Count)..]);
        }

        for (; i < bits.Length; i++) result[i] = (uint)bits[i] << 16;
    }

    /// <summary>Rounds a span.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Round(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        SameLength(source.Length, destination.Length);
        var bits = MemoryMarshal.Cast<float, uint>(source);
        var result = MemoryMarshal.Cast<BFloat16, ushort>(destination);
        var i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var low = RoundBits(new Vector<uint>(bits[i..]));
            var high = RoundBits(new Vector<uint>(bits[(i + Vector<uint>.Count)..]));
            Vector.Narrow(low, high).CopyTo(result[i..]);
        }

        for (; i < bits.Length; i++) destination[i] = (BFloat16)source[i];
    }

    /// <summary>Rounds a span, each value once.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Round(ReadOnlySpan<double> source, Span<BFloat16> destination)
    {
        SameLength(source.Length, destination.Length);
        for (var i = 0; i < source.Length; i++) destination[i] = (BFloat16)source[i];
    }

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(CultureInfo.InvariantCulture);

    private static Vector<uint> RoundBits(Vector<uint> bits)
    {
        var upper = bits >> 16;
        var rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(0x40), rounded);
    }

    private static void SameLength(int source, int destination)
    {
        if (source != destination) throw new ArgumentException($"bf16: source has {source} elements, destination {destination}.");
    }
}

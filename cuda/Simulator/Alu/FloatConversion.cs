namespace SiaEngine.Cuda.Simulator;

/// <summary>A conversion with a floating-point number on at least one side.</summary>
/// <param name="To">Type of the result.</param>
/// <param name="From">Type converted.</param>
/// <param name="Rounding">Rounding of a floating-point result.</param>
/// <param name="Integral">Rounding to an integer, if asked for.</param>
/// <param name="Flush"><c>.ftz</c>: subnormal f32 operands and results are zero.</param>
/// <param name="Clamp">What happens to results out of range.</param>
internal readonly record struct FloatConversion(PtxType To, PtxType From, RoundingMode Rounding, RoundingMode? Integral, bool Flush, Saturation Clamp)
{
    /// <summary>Bits of the result; integers are extended to 64 bits.</summary>
    /// <param name="bits">Bits of the operand; integers are extended to 64 bits.</param>
    public ulong Apply(ulong bits)
    {
        if (To == PtxType.F64 && !From.IsFloat)
        {
            var (negative, magnitude) = Magnitude(bits);
            return BitConverter.DoubleToUInt64Bits(Saturate(Conversion.ToDouble(negative, magnitude, Rounding)));
        }

        var x = Value(bits);
        if (Integral is { } mode)
        {
            x = Conversion.ToIntegral(x, mode);
            if (!To.IsFloat) return Conversion.ToInteger(x, To, From == PtxType.F64);
        }

        x = Saturate(x);
        return To switch
        {
            PtxType.F32 => Single(x),
            PtxType.F64 => BitConverter.DoubleToUInt64Bits(x),
            _ => Narrow(x),
        };
    }

    private double Value(ulong bits)
    {
        switch (From)
        {
            case PtxType.F16:
                return Conversion.FromNarrow((ushort)bits, false);
            case PtxType.BF16:
                return Conversion.FromNarrow((ushort)bits, true);
            case PtxType.F32:
                var single = BitConverter.UInt32BitsToSingle((uint)bits);
                return Flush ? FloatMaps.Flush(single) : single;
            case PtxType.F64:
                return BitConverter.UInt64BitsToDouble(bits);
            default:
                var (negative, magnitude) = Magnitude(bits);
                return Conversion.ToOdd(negative, magnitude);
        }
    }

    private (bool Negative, ulong Magnitude) Magnitude(ulong bits)
    {
        var negative = From.IsSigned && (long)bits < 0;
        return (negative, negative ? 0 - bits : bits);
    }

    private double Saturate(double x)
    {
        if ((Clamp & Saturation.Unit) != 0) return x > 0 ? Math.Min(x, 1) : 0;
        return (Clamp & Saturation.Relu) != 0 && x <= 0 ? 0 : x;
    }

    private uint Single(double x)
    {
        var single = SingleRounding.Round(x, 0, Rounding);
        if (Flush) single = FloatMaps.Flush(single);
        return float.IsNaN(single) ? 0x7FFFFFFF : BitConverter.SingleToUInt32Bits(single);
    }

    private ushort Narrow(double x)
    {
        var brain = To == PtxType.BF16;
        var bits = Conversion.ToNarrow(x, Rounding, brain);
        var infinity = brain ? 0x7F80 : 0x7C00;
        return (Clamp & Saturation.Finite) != 0 && (bits & 0x7FFF) == infinity ? (ushort)(bits - 1) : bits;
    }
}

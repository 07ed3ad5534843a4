namespace SiaEngine.Cuda.Simulator;

/// <summary>Reading and rounding of binary16 and bfloat16 numbers around arithmetic in double.</summary>
/// <param name="Brain">bfloat16.</param>
/// <param name="Flush"><c>.ftz</c>: subnormal operands and results are zero of the same sign.</param>
/// <param name="Saturate"><c>.sat</c>: the result is clamped to [0, 1], NaN is +0.</param>
/// <param name="Relu"><c>.relu</c>: negative results are +0.</param>
internal readonly record struct HalfFormat(bool Brain, bool Flush, bool Saturate, bool Relu)
{
    /// <summary>Value of a number.</summary>
    public double Load(ushort bits) => Conversion.FromNarrow(Flushed(bits), Brain);

    /// <summary>Nearest number, ties to even; NaN is 0x7FFF.</summary>
    public ushort Store(double x)
    {
        if (Saturate) x = x > 0 ? Math.Min(x, 1) : 0;
        if (Relu && x <= 0) x = 0;
        return Flushed(Conversion.ToNarrow(x, RoundingMode.Nearest, Brain));
    }

    private ushort Flushed(ushort bits) => Flush && (bits & (Brain ? 0x7F80 : 0x7C00)) == 0 ? (ushort)(bits & 0x8000) : bits;
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Clamping of a floating-point result of <c>cvt</c>.</summary>
[Flags]
internal enum Saturation : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>.sat</c>: to [0, 1], NaN as +0.</summary>
    Unit = 1,

    /// <summary><c>.relu</c>: negative numbers to +0, NaN stays.</summary>
    Relu = 2,

    /// <summary><c>.satfinite</c>: infinities to the largest number.</summary>
    Finite = 4,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Rounding of floating-point results (PTX ISA 8.4, section 6.5.2).</summary>
internal enum RoundingMode : byte
{
    /// <summary><c>.rn</c>: nearest, ties to even.</summary>
    Nearest,

    /// <summary><c>.rz</c>: towards zero.</summary>
    Zero,

    /// <summary><c>.rm</c>: towards minus infinity.</summary>
    Down,

    /// <summary><c>.rp</c>: towards plus infinity.</summary>
    Up,
}

/// <summary>A rounding mode as a type argument, so that compiled steps do not branch on it.</summary>
internal interface IRounding
{
    /// <summary>The mode.</summary>
    static abstract RoundingMode Mode { get; }
}

/// <summary>Nearest, ties to even.</summary>
internal readonly struct ToNearest : IRounding
{
    /// <inheritdoc/>
    public static RoundingMode Mode => RoundingMode.Nearest;
}

/// <summary>Towards zero.</summary>
internal readonly struct ToZero : IRounding
{
    /// <inheritdoc/>
    public static RoundingMode Mode => RoundingMode.Zero;
}

/// <summary>Towards minus infinity.</summary>
internal readonly struct ToDown : IRounding
{
    /// <inheritdoc/>
    public static RoundingMode Mode => RoundingMode.Down;
}

/// <summary>Towards plus infinity.</summary>
internal readonly struct ToUp : IRounding
{
    /// <inheritdoc/>
    public static RoundingMode Mode => RoundingMode.Up;
}

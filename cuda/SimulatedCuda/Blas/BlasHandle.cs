namespace SiaEngine.SimulatedCuda;

/// <summary>A cuBLAS handle.</summary>
/// <param name="context">Context it was made in.</param>
internal sealed class BlasHandle(Context context)
{
    /// <summary>Version that is simulated: 12.4.5.</summary>
    public const int Version = 120405;

    /// <summary>Context it was made in.</summary>
    public Context Context => context;

    /// <summary>Handle of its stream.</summary>
    public nint Stream { get; set; }

    /// <summary>1: alpha and beta lie in device memory.</summary>
    public int PointerMode { get; set; }

    /// <summary>Math mode; products are in f32 whatever it says.</summary>
    public int MathMode { get; set; }

    /// <summary>Atomics mode.</summary>
    public int AtomicsMode { get; set; }
}

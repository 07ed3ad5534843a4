namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// How <c>mma.sync</c> adds the k products of an element and the old value, which the ISA leaves open ("at least single precision", order unspecified). A kernel
/// that is right must be right under each.
/// </summary>
public readonly record struct MmaNumerics
{
    private MmaNumerics(Rule kind, ulong seed) => (Kind, Seed) = (kind, seed);

    internal enum Rule : byte
    {
        Hopper,
        Exact,
        Permuted,
    }

    /// <summary>
    /// What Hopper does (arXiv:2511.10909): all products exact; products and old value aligned to the largest exponent, truncated to 25 fractional bits, summed
    /// once; f32 results truncated, f16 results rounded to nearest. The default.
    /// </summary>
    public static MmaNumerics Hopper => default;

    /// <summary>The exact sum, rounded once to nearest.</summary>
    public static MmaNumerics ExactRounded => new(Rule.Exact, 0);

    /// <summary>One fused multiply-add in f32 after the other, in an order drawn from a seed for every instruction.</summary>
    public static MmaNumerics Permuted(ulong seed) => new(Rule.Permuted, seed);

    internal Rule Kind { get; }

    internal ulong Seed { get; }
}

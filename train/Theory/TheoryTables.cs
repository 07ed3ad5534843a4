namespace SiaEngine.Train.Theory;

/// <summary>
/// Numbers to hold the results against: closed forms to the digits given, and Monte Carlo means with their standard errors (independent seeded runs). The paper's
/// figures have curves, not numbers; these are what its formulas give.
/// </summary>
internal static class TheoryTables
{
    /// <summary>First distances of the ranges [t, tΔ) of Figures 2 and 6.</summary>
    public static readonly int[] Starts = [10, 100, 1000, 10_000, 100_000];

    /// <summary>Widths Δ of those ranges.</summary>
    public static readonly int[] Deltas = [2, 5, 10];

    /// <summary>a_t and m_t with τ = 10.</summary>
    public static readonly (int T, double A, double M)[] Schedule =
    [
        (0, 1, 0), (1, 1.0911555, -0.1906204), (2, 1.1681794, -0.3646431), (5, 1.3457081, -0.8109302), (10, 1.5447635, -1.3862944), (50, 2.1409154, -3.5835189),
        (100, 2.4074448, -4.7957905), (1000, 3.1984748, -9.2302410), (4095, 3.6103673, -12.0347519), (16_383, 3.9754307, -14.8040492), (65_535, 4.3099668, -17.5758142),
    ];

    /// <summary>E[Z over [t, tΔ)], τ = 10: a row per Δ, a column per t.</summary>
    public static readonly double[][] Totals =
    [
        [6.82429, 10.69685, 11.35030, 11.42024, 11.42728],
        [18.39089, 25.34912, 26.41055, 26.52262, 26.53389],
        [28.44710, 36.62276, 37.82298, 37.94912, 37.96180],
    ];

    /// <summary>E[H over [t, tΔ)] and its standard error, scale-invariant, τ = 10 (Figure 2).</summary>
    public static readonly (double Mean, double Error)[][] ScaleInvariantEntropy =
    [
        [(1.511, .002), (2.417, .003), (3.019, .004), (3.499, .015), (3.95, .05)],
        [(2.369, .002), (3.098, .003), (3.631, .009), (4.042, .03), (4.48, .12)],
        [(2.790, .002), (3.433, .004), (3.899, .013), (4.26, .05), (4.73, .13)],
    ];

    /// <summary>E[H over [t, tΔ)] without a transform (Figure 6), Δ = 2 and 10, t up to 10,000.</summary>
    public static readonly double[][] PlainEntropy = [[1.923, 4.122, 6.410, 8.711], [4.019, 6.305, 8.606, 10.907]];

    /// <summary>Numbers of keys of Figure 1.</summary>
    public static readonly int[] Keys = [100, 1000, 10_000, 100_000];

    /// <summary>Figure 1, top row: entropy over all keys without a transform, with LogN (s = 0.4) and scale-invariant; then the share of the last 100 keys of each.</summary>
    public static readonly double[][] Figure1 =
    [
        [4.122, 3.178, 2.988, 1, 1, 1], [6.410, 3.751, 3.736, .100, .100, .546], [8.711, 3.878, 4.27, .010, .010, .380], [11.013, 3.68, 4.62, .001, .001, .289],
    ];

    /// <summary>Digits the numbers of <see cref="Figure1"/> were given to, as half a unit of the last.</summary>
    public static readonly double[][] Figure1Rounding =
    [
        [.0005, .0005, .0005, 0, 0, 0], [.0005, .0005, .0005, .0005, .0005, .0005], [.0005, .0005, .005, .0005, .0005, .0005], [.0005, .005, .005, .0005, .0005, .0005],
    ];

    /// <summary>Figure 1, middle: LogN's entropy inside fixed ranges at 1,000, 10,000 and 100,000 keys; NaN where the range is longer than the sequence.</summary>
    public static readonly (int From, int To, double[] Entropy)[] FixedRanges =
    [
        (10, 100, [2.166, 1.564, 1.201]), (100, 1000, [3.674, 2.564, 1.877]), (1000, 10_000, [double.NaN, 3.81, 2.70]),
    ];
}

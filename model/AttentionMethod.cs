namespace SiaEngine.Model;

/// <summary>
/// A rule of attention over distance, as data for the one attention op: logit(i, j) = a[h, i−j] · r[h, i] · s_ij + m[h, i−j] with rotary frequencies for
/// q and k. Adding a method means adding an entry to <see cref="All"/>.
/// </summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Title">Name in reports.</param>
/// <param name="Factor">a(h, t) of a head, its number of heads and a distance.</param>
/// <param name="Shift">m(h, t).</param>
/// <param name="Frequencies">Angular frequency per pair of dimensions, radians per token.</param>
public sealed record AttentionMethod(string Name, string Title, AttentionMethod.Table Factor, AttentionMethod.Table Shift, AttentionMethod.Rotary Frequencies)
{
    /// <summary>A value per head and distance.</summary>
    public delegate double Table(in AttentionSetting setting, int head, int distance);

    /// <summary>Angular frequencies, one per pair of head dimensions.</summary>
    public delegate double[] Rotary(in AttentionSetting setting);

    private static readonly Table One = static (in AttentionSetting _, int _, int _) => 1;
    private static readonly Table Zero = static (in AttentionSetting _, int _, int _) => 0;
    private static readonly Table SiaFactor = static (in AttentionSetting s, int _, int t) => ScaleInvariance.Factor(t, s.Tau);
    private static readonly Table SiaShift = static (in AttentionSetting s, int _, int t) => ScaleInvariance.Shift(t, s.Tau);

    /// <summary>Every method, in the order of reports.</summary>
    public static IReadOnlyList<AttentionMethod> All { get; } =
    [
        new("sia", "Scale-invariant p-RoPE", SiaFactor, SiaShift, RotaryFrequencies.PRope),
        new("p-rope", "p-RoPE", One, Zero, RotaryFrequencies.PRope),
        new("rope", "RoPE", One, Zero, RotaryFrequencies.Rope),
        new("nope", "NoPE", One, Zero, RotaryFrequencies.None),
        new("sia-rope", "Scale-invariant RoPE", SiaFactor, SiaShift, RotaryFrequencies.Rope),
        new("sia-nope", "Scale-invariant NoPE", SiaFactor, SiaShift, RotaryFrequencies.None),
    ];

    /// <summary>Names of all methods, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(method => method.Name));

    /// <summary>The method with this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static AttentionMethod Find(string name) =>
        All.FirstOrDefault(method => method.Name == name) ?? throw new ArgumentException($"no attention method '{name}'; the methods are {Names}");
}

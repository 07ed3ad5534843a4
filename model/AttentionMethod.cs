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

    /// <summary>Values of a whole setting: angular frequencies, one per pair of head dimensions, or a factor per position.</summary>
    public delegate double[] Rotary(in AttentionSetting setting);

    private static readonly Table One = static (in AttentionSetting _, int _, int _) => 1;
    private static readonly Table Zero = static (in AttentionSetting _, int _, int _) => 0;
    private static readonly Table SiaFactor = static (in AttentionSetting s, int _, int t) => ScaleInvariance.Factor(t, s.Options.Tau);
    private static readonly Table SiaShift = static (in AttentionSetting s, int _, int t) => ScaleInvariance.Shift(t, s.Options.Tau);
    private static readonly Table AlibiShift = static (in AttentionSetting s, int h, int t) => -AlibiSlopes.Of(h, s.Heads, s.Options.Alibi) * t;
    private static readonly Table YarnFactor = static (in AttentionSetting s, int _, int _) => RotaryFrequencies.YarnFactor(s);

    /// <summary>Every method, in the order of reports.</summary>
    public static IReadOnlyList<AttentionMethod> All { get; } =
    [
        new("sia", "Scale-invariant p-RoPE", SiaFactor, SiaShift, RotaryFrequencies.PRope),
        new("p-rope", "p-RoPE", One, Zero, RotaryFrequencies.PRope),
        new("rope", "RoPE", One, Zero, RotaryFrequencies.Rope),
        new("nope", "NoPE", One, Zero, RotaryFrequencies.None),
        new("alibi", "ALiBi", One, AlibiShift, RotaryFrequencies.None) { PerHead = true },
        new("ntk", "RoPE+NTK", One, Zero, RotaryFrequencies.Ntk) { DependsOnContext = true, TrainedAs = "rope" },
        new("yarn", "YaRN", YarnFactor, Zero, RotaryFrequencies.Yarn) { DependsOnContext = true, TrainedAs = "rope" },
        new("logn-rope", "LogN+RoPE", One, Zero, RotaryFrequencies.Rope) { RowScale = LogN.Rows, DependsOnContext = true },
        new("logn-p-rope", "LogN+p-RoPE", One, Zero, RotaryFrequencies.PRope) { RowScale = LogN.Rows, DependsOnContext = true },
        new("logn-ntk", "LogN+NTK", One, Zero, RotaryFrequencies.Ntk) { RowScale = LogN.Rows, DependsOnContext = true, TrainedAs = "logn-rope" },
        new("sia-rope", "Scale-invariant RoPE", SiaFactor, SiaShift, RotaryFrequencies.Rope),
        new("sia-nope", "Scale-invariant NoPE", SiaFactor, SiaShift, RotaryFrequencies.None),
        new("sia-trained-tau", "Scale-invariant p-RoPE, trained τ", SiaFactor, SiaShift, RotaryFrequencies.PRope) { TrainsTau = true },
        new("sia-a-only", "p-RoPE, factor a_t alone", SiaFactor, Zero, RotaryFrequencies.PRope),
        new("sia-m-only", "p-RoPE, shift m_t alone", One, SiaShift, RotaryFrequencies.PRope),
    ];

    /// <summary>Names of all methods, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(method => method.Name));

    /// <summary>Whether a and m differ between heads.</summary>
    public bool PerHead { get; init; }

    /// <summary>Whether the tables of a longer evaluation context differ from those of a shorter one at the same distance or position.</summary>
    public bool DependsOnContext { get; init; }

    /// <summary>Factor of row i before the trained scale s of its head, r[h, i] = s_h · RowScale[i]; null for none.</summary>
    public Rotary? RowScale { get; init; }

    /// <summary>Whether every head of every layer learns its own τ, from <see cref="AttentionOptions.Tau"/> on; <see cref="Factor"/> and <see cref="Shift"/> are the tables it starts with.</summary>
    public bool TrainsTau { get; init; }

    /// <summary>Name of the method whose training is the same, so that one checkpoint serves both; its own name unless it differs only beyond the training context.</summary>
    public string TrainedAs
    {
        get => field ?? Name;
        init;
    }

    /// <summary>The method with this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static AttentionMethod Find(string name) =>
        All.FirstOrDefault(method => method.Name == name) ?? throw new ArgumentException($"no attention method '{name}'; the methods are {Names}");
}

namespace SiaEngine.Model;

/// <summary>
/// Hyperparameters of the attention methods, and which reading to take where the paper leaves one open; the defaults are the most likely ones.
/// </summary>
public sealed record AttentionOptions
{
    /// <summary>τ of the scale-invariant methods, in tokens.</summary>
    public double Tau { get; init; } = ScaleInvariance.Tau;

    /// <summary>Which frequencies p-RoPE keeps: one of <see cref="PRopeReadings"/>, see <see cref="RotaryFrequencies.PRope"/>.</summary>
    public string PRope { get; init; } = "a";

    /// <summary>Effective base of p-RoPE in readings a and c; 0 stands for 1024 in proportion to the training context (1024 at 4096 tokens).</summary>
    public double PRopeBase { get; init; }

    /// <summary>Slopes of ALiBi for a number of heads that is no power of two: one of <see cref="AlibiConventions"/>, see <see cref="AlibiSlopes"/>.</summary>
    public string Alibi { get; init; } = "geometric";

    /// <summary>Between which frequencies YaRN interpolates: one of <see cref="YarnRamps"/>, see <see cref="RotaryFrequencies.Yarn"/>.</summary>
    public string Yarn { get; init; } = "turns";

    /// <summary>N of LogN: the keys a query sees, or the whole context; one of <see cref="LogNConventions"/>.</summary>
    public string LogN { get; init; } = "prefix";

    /// <summary>Readings of p-RoPE.</summary>
    public static IReadOnlyList<string> PRopeReadings { get; } = ["a", "b", "c"];

    /// <summary>Conventions of ALiBi's slopes.</summary>
    public static IReadOnlyList<string> AlibiConventions { get; } = ["geometric", "interleaved"];

    /// <summary>Ramps of YaRN.</summary>
    public static IReadOnlyList<string> YarnRamps { get; } = ["turns", "index"];

    /// <summary>Conventions of LogN.</summary>
    public static IReadOnlyList<string> LogNConventions { get; } = ["prefix", "global"];

    /// <summary>Returns these options if they are possible.</summary>
    /// <exception cref="ArgumentException">A value is not; the message is one line.</exception>
    public AttentionOptions Validate()
    {
        if (!(Tau > 0) || double.IsInfinity(Tau)) throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--tau takes a positive number, not {Tau}"));
        if (!(PRopeBase >= 0) || double.IsInfinity(PRopeBase))
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--p-rope-base takes a number of at least 0, not {PRopeBase}"));
        Choose("--p-rope", PRope, PRopeReadings);
        Choose("--alibi", Alibi, AlibiConventions);
        Choose("--yarn", Yarn, YarnRamps);
        Choose("--logn", LogN, LogNConventions);
        return this;

        static void Choose(string name, string value, IReadOnlyList<string> words)
        {
            if (!words.Contains(value)) throw new ArgumentException($"{name} takes one of {string.Join(", ", words)}, not '{value}'");
        }
    }
}

namespace SiaEngine.Model;

/// <summary>Angular frequencies of the rotary variants, one per pair of head dimensions (k, k + D/2), radians per token.</summary>
public static class RotaryFrequencies
{
    /// <summary>Base of RoPE (Su et al. 2021, arXiv:2104.09864).</summary>
    public const double RopeBase = 10_000;

    /// <summary>Training context at which the paper's p-RoPE has an effective base of 1024.</summary>
    public const int PRopeContext = 4096;

    /// <summary>Effective base of p-RoPE at <see cref="PRopeContext"/>: the ratio of its highest to its lowest live frequency.</summary>
    public const double PRopeBase = 1024;

    /// <summary>Part of the pairs that p-RoPE turns in reading b.</summary>
    public const double PRopeShare = 0.75;

    /// <summary>YaRN keeps pairs that turn at least this often in a training context.</summary>
    public const double YarnMostTurns = 32;

    /// <summary>YaRN interpolates pairs that turn less often than this in a training context.</summary>
    public const double YarnLeastTurns = 1;

    /// <summary>RoPE: ω_k = 10000^(−k / (D/2)).</summary>
    public static double[] Rope(in AttentionSetting setting) => Geometric(setting.HeadDim / 2, RopeBase);

    /// <summary>
    /// p-RoPE (Barbero et al. 2024, arXiv:2410.06205): the fastest part of the pairs turns, the rest stands still. The paper says only "an effective base of 1024"; the
    /// readings are
    /// a (default): p = 1/2, ω_k = b^(−k / (n − 1)), k = 0 … n − 1, n = D/4, as in the code base the paper builds on;
    /// b: p = 3/4 of the frequencies of RoPE, the slowest of which is near 1/1024;
    /// c: all pairs, ω_k = b^(−k / (D/2)).
    /// The base b is 1024 at the paper's training context of 4096 and in proportion elsewhere, so that the slowest pair always makes
    /// 0.64 turns in a training context; a longer evaluation then shows no pair an angle it has not seen nearly all of.
    /// </summary>
    public static double[] PRope(in AttentionSetting setting)
    {
        var pairs = setting.HeadDim / 2;
        var lowest = setting.Options.PRopeBase > 0 ? setting.Options.PRopeBase : Math.Max(1, PRopeBase * setting.TrainContext / PRopeContext);
        if (setting.Options.PRope == "c") return Geometric(pairs, lowest);
        if (setting.Options.PRope == "b")
        {
            var kept = Geometric(pairs, RopeBase);
            kept.AsSpan((int)(PRopeShare * pairs)).Clear();
            return kept;
        }

        var frequencies = new double[pairs];
        var live = Math.Max(1, pairs / 2);
        for (var k = 0; k < live; k++) frequencies[k] = live == 1 ? 1 : Math.Pow(lowest, -(double)k / (live - 1));
        return frequencies;
    }

    /// <summary>NTK-aware RoPE: beyond the training context the base grows to 10000 · stretch^(D / (D − 2)).</summary>
    public static double[] Ntk(in AttentionSetting setting) =>
        Geometric(setting.HeadDim / 2, RopeBase * Math.Pow(setting.Stretch, setting.HeadDim > 2 ? setting.HeadDim / (setting.HeadDim - 2.0) : 1));

    /// <summary>
    /// YaRN (Peng et al. 2023, arXiv:2309.00071): ω′ = (1 − γ) ω / stretch + γ ω. With "turns", γ rises from 0 to 1 while a pair's turns in a training context,
    /// T ω / 2π, go from 1 to 32; with "index" it falls linearly in the pair's number between the pairs of 32 turns and of 1, rounded outwards (common libraries).
    /// </summary>
    public static double[] Yarn(in AttentionSetting setting)
    {
        var frequencies = Rope(setting);
        for (var k = 0; k < frequencies.Length; k++)
        {
            var gamma = setting.Options.Yarn == "turns" ? TurnsRamp(frequencies[k], setting) : IndexRamp(k, setting);
            frequencies[k] *= (1 - gamma) / setting.Stretch + gamma;
        }

        return frequencies;
    }

    /// <summary>YaRN's factor on the logits, (0.1 ln stretch + 1)².</summary>
    public static double YarnFactor(in AttentionSetting setting) => Math.Pow(0.1 * Math.Log(setting.Stretch) + 1, 2);

    /// <summary>NoPE: nothing turns.</summary>
    public static double[] None(in AttentionSetting setting) => new double[setting.HeadDim / 2];

    private static double[] Geometric(int count, double lowest)
    {
        var frequencies = new double[count];
        for (var k = 0; k < count; k++) frequencies[k] = Math.Pow(lowest, -(double)k / count);
        return frequencies;
    }

    private static double TurnsRamp(double frequency, in AttentionSetting setting)
    {
        var turns = setting.TrainContext * frequency / (2 * Math.PI);
        return Math.Clamp((turns - YarnLeastTurns) / (YarnMostTurns - YarnLeastTurns), 0, 1);
    }

    private static double IndexRamp(int pair, in AttentionSetting setting)
    {
        var (low, high) = (Math.Floor(Pair(YarnMostTurns, setting)), Math.Ceiling(Pair(YarnLeastTurns, setting)));
        return 1 - Math.Clamp((pair - low) / Math.Max(1e-3, high - low), 0, 1);

        static double Pair(double turns, in AttentionSetting setting) =>
            Math.Clamp(setting.HeadDim * Math.Log(setting.TrainContext / (turns * 2 * Math.PI)) / (2 * Math.Log(RopeBase)), 0, setting.HeadDim / 2 - 1);
    }
}

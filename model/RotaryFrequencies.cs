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

    /// <summary>RoPE: ω_k = 10000^(−k / (D/2)).</summary>
    public static double[] Rope(in AttentionSetting setting)
    {
        var frequencies = new double[setting.HeadDim / 2];
        for (var k = 0; k < frequencies.Length; k++) frequencies[k] = Math.Pow(RopeBase, -(double)k / frequencies.Length);
        return frequencies;
    }

    /// <summary>
    /// p-RoPE with p = 1/2 (Barbero et al. 2024, arXiv:2410.06205): the higher half of the pairs turns, ω_k = b^(−k / (n − 1)), k = 0 … n − 1, n = D/4; the rest
    /// stands still. The base b is 1024 at the paper's training context of 4096 and in proportion elsewhere, so that the slowest pair always makes
    /// 0.64 turns in a training context; a longer evaluation then shows no pair an angle it has not seen nearly all of.
    /// </summary>
    public static double[] PRope(in AttentionSetting setting)
    {
        var frequencies = new double[setting.HeadDim / 2];
        var live = Math.Max(1, frequencies.Length / 2);
        var lowest = setting.PRopeBase > 0 ? setting.PRopeBase : Math.Max(1, PRopeBase * setting.TrainContext / PRopeContext);
        for (var k = 0; k < live; k++) frequencies[k] = live == 1 ? 1 : Math.Pow(lowest, -(double)k / (live - 1));
        return frequencies;
    }

    /// <summary>NoPE: nothing turns.</summary>
    public static double[] None(in AttentionSetting setting) => new double[setting.HeadDim / 2];
}

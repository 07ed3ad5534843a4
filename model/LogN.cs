namespace SiaEngine.Model;

/// <summary>
/// Length-dependent scale of the logits, L = s · ln N · S (scalable softmax, Nakanishi 2025, arXiv:2501.19399), with a trained s per head and layer.
/// </summary>
/// <remarks>
/// N is the number of keys a query sees ("prefix": i + 1 at position i) or the whole context ("global"). s starts where the mean factor over the training
/// context is 1: s₀ = 1 / mean ln n, n = 1 … context (0.136631 at 4096), or 1 / ln context.
/// </remarks>
public static class LogN
{
    /// <summary>ln N of every position of a context.</summary>
    public static double[] Rows(in AttentionSetting setting)
    {
        var rows = new double[setting.Context];
        var prefix = setting.Options.LogN == "prefix";
        for (var i = 0; i < rows.Length; i++) rows[i] = Math.Log(prefix ? i + 1 : setting.Context);
        return rows;
    }

    /// <summary>First value of s.</summary>
    public static double InitialScale(int trainContext, string convention)
    {
        if (trainContext < 2) return 1;
        if (convention == "global") return 1 / Math.Log(trainContext);
        var sum = 0.0;
        for (var n = 2; n <= trainContext; n++) sum += Math.Log(n);
        return trainContext / sum;
    }
}

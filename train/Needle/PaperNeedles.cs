namespace SiaEngine.Train.Needle;

/// <summary>Table 2 of the paper (arXiv:2505.17083): needles found by the 162M models at 1, 4 and 16 times the training context of 4k, mean of three seeds.</summary>
internal static class PaperNeedles
{
    private static readonly Dictionary<string, double[]> Shares = new()
    {
        ["rope"] = [.962, .000, .000],
        ["p-rope"] = [.966, .250, .000],
        ["nope"] = [.964, .303, .000],
        ["ntk"] = [.962, .217, .000],
        ["yarn"] = [.969, .000, .000],
        ["logn-rope"] = [.965, .276, .064],
        ["logn-p-rope"] = [.969, .962, .939],
        ["logn-ntk"] = [.962, .253, .056],
        ["alibi"] = [.957, .020, .003],
        ["sia"] = [.965, .969, .969],
    };

    /// <summary>Share found by a method at 1, 4 or 16 times the training context (column 0, 1, 2), or null if the paper has none.</summary>
    public static double? Share(string method, int column) => Shares.TryGetValue(method, out var row) ? row[column] : null;
}

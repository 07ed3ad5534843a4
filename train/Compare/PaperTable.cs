namespace SiaEngine.Train.Compare;

/// <summary>Table 1 of the paper (arXiv:2505.17083): the 162M model trained at 4k, validation loss at 1, 4 and 16 times the training context, mean of three seeds.</summary>
public static class PaperTable
{
    private static readonly Dictionary<string, double[]> Losses = new()
    {
        ["rope"] = [3.261, 3.936, 5.260],
        ["p-rope"] = [3.260, 3.984, 5.735],
        ["nope"] = [3.397, 6.430, 8.125],
        ["ntk"] = [3.261, 3.703, 5.430],
        ["yarn"] = [3.261, 3.958, 5.353],
        ["logn-rope"] = [3.260, 3.273, 3.378],
        ["logn-p-rope"] = [3.256, 3.262, 3.317],
        ["logn-ntk"] = [3.261, 3.272, 3.394],
        ["alibi"] = [3.281, 3.272, 3.270],
        ["sia"] = [3.244, 3.235, 3.247],
    };

    /// <summary>Contexts of the columns, in training contexts.</summary>
    public static IReadOnlyList<int> Multiples { get; } = [1, 4, 16];

    /// <summary>Differences below this are within the noise of the paper's seeds and order nothing.</summary>
    public const double Resolution = 0.004;

    /// <summary>Loss of a method in a column, or null if the paper has none.</summary>
    public static double? Loss(string method, int column) => Losses.TryGetValue(method, out var row) ? row[column] : null;

    /// <summary>
    /// How many of the pairs with <paramref name="method"/> that the paper orders in this column are ordered the same way by <paramref name="found"/>, and how many it orders.
    /// </summary>
    public static (int Kept, int Ordered) Agreement(string method, int column, IReadOnlyDictionary<string, double> found)
    {
        var (kept, ordered) = (0, 0);
        if (Loss(method, column) is not { } own) return (0, 0);
        foreach (var (other, loss) in found)
        {
            if (other == method || Loss(other, column) is not { } paper || Math.Abs(paper - own) <= Resolution) continue;
            ordered++;
            if (Math.Sign(loss - found[method]) == Math.Sign(paper - own)) kept++;
        }

        return (kept, ordered);
    }
}

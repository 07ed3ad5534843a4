namespace SiaEngine.Train.Compare;

/// <summary>All seeds of one method.</summary>
/// <param name="Name">Name of the variant.</param>
/// <param name="Results">A result per seed.</param>
public sealed record MethodSummary(string Name, IReadOnlyList<CompareResult> Results)
{
    /// <summary>Mean over seeds at a context.</summary>
    public double Mean(int context) => Results.Average(result => result.At(context));

    /// <summary>Standard error of that mean: sample standard deviation / √seeds; NaN for one seed.</summary>
    public double Error(int context)
    {
        if (Results.Count < 2) return double.NaN;
        var mean = Mean(context);
        return Math.Sqrt(Results.Sum(result => Math.Pow(result.At(context) - mean, 2)) / (Results.Count - 1) / Results.Count);
    }
}

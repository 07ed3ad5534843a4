namespace SiaEngine.Train.Theory;

/// <summary>A mean over independent repeats and its standard error.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Error">Standard deviation of the repeats over the square root of their number.</param>
internal readonly record struct Estimate(double Mean, double Error)
{
    /// <summary>Mean and error of samples given by their number, sum and sum of squares.</summary>
    public static Estimate Of(long count, double sum, double squares)
    {
        var mean = sum / count;
        return new(mean, count > 1 ? Math.Sqrt(Math.Max(0, squares / count - mean * mean) / (count - 1)) : double.PositiveInfinity);
    }
}

namespace SiaEngine.Tests;

/// <summary>Comparison of a computed result with float64 values; a failure names the worst element.</summary>
internal static class Close
{
    /// <summary>Requires |actual − expected| ≤ tolerance · (1 + |expected|) for every element.</summary>
    public static void To(ReadOnlySpan<double> expected, Tensor actual, double tolerance, string what = "result") =>
        To(expected, GradientContext.Read(actual), tolerance, what);

    /// <inheritdoc cref="To(ReadOnlySpan{double}, Tensor, double, string)"/>
    public static void To(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance, string what = "result")
    {
        Assert.Equal(expected.Length, actual.Length);
        var (worst, at) = (0.0, -1);
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Math.Abs(actual[i] - expected[i]) / (1 + Math.Abs(expected[i]));
            if (error <= worst) continue;
            (worst, at) = (error, i);
            if (double.IsNaN(error)) break;
        }

        if (at >= 0 && !(worst <= tolerance))
            Assert.Fail($"{what}[{at}] is {actual[at]:R}, expected {expected[at]:R}: error {worst:E2} above {tolerance:E2}.");
    }
}

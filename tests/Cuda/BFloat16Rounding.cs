namespace SiaEngine.Tests.Cuda;

/// <summary>How exact a bf16 kernel must be: twice the error of the naive computation in bf16, plus one rounding.</summary>
internal static class BFloat16Rounding
{
    /// <summary>Half a unit in the last place of a number with 8 significant bits.</summary>
    public const double Unit = 1.0 / 256;

    /// <summary>Nearest bf16.</summary>
    public static double Round(double x) => (float)(BFloat16)(float)x;

    /// <summary>Each element of <paramref name="actual"/> lies near the float64 result; the naive error is the largest in the tensor.</summary>
    public static void Near(double[] expected, double[] naive, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = 0.0;
        for (var i = 0; i < expected.Length; i++) error = Math.Max(error, Math.Abs(naive[i] - expected[i]));
        for (var i = 0; i < expected.Length; i++)
        {
            var bound = 2 * error + Unit * Math.Abs(expected[i]);
            Assert.True(Math.Abs(actual[i] - expected[i]) <= bound, $"element {i}: {actual[i]:G9}, expected {expected[i]:G9}, bound {bound:E2}");
        }
    }
}

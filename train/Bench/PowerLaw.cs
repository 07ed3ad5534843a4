namespace SiaEngine.Train.Bench;

/// <summary>y = c xᵖ fitted to points by least squares of the logarithms.</summary>
/// <param name="Exponent">p.</param>
/// <param name="Error">Its standard error; 0 with fewer than three points.</param>
/// <param name="Factor">c.</param>
internal sealed record PowerLaw(double Exponent, double Error, double Factor)
{
    /// <summary>Fits at least two points with different positive x.</summary>
    public static PowerLaw Fit(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Select(static p => Math.Log(p.X)).ToArray(), points.Select(static p => Math.Log(p.Y)).ToArray());
        var (meanX, meanY) = (x.Average(), y.Average());
        double square = 0, product = 0, residual = 0;
        for (var i = 0; i < x.Length; i++) (square, product) = (square + (x[i] - meanX) * (x[i] - meanX), product + (x[i] - meanX) * (y[i] - meanY));
        var slope = product / square;
        for (var i = 0; i < x.Length; i++) residual += Math.Pow(y[i] - meanY - slope * (x[i] - meanX), 2);
        return new(slope, x.Length < 3 ? 0 : Math.Sqrt(residual / (x.Length - 2) / square), Math.Exp(meanY - slope * meanX));
    }

    /// <summary>The fitted y.</summary>
    public double At(double x) => Factor * Math.Pow(x, Exponent);
}

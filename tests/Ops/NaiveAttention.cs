namespace SiaEngine.Tests.Ops;

/// <summary>
/// Attention as the formula reads, with T × T matrices in float64: what the streaming op must equal. With <paramref name="rounding"/> every stored result is
/// rounded to a smaller type, as a naive program in that type would do.
/// </summary>
internal sealed class NaiveAttention(int batch, int length, int heads, int depth, double[] qkv, Func<int, int, double> a, Func<int, int, double> m,
    Func<int, int, double>? rowScale = null, Func<double, double>? rounding = null)
{
    private readonly Func<double, double> _round = rounding ?? (static x => x);

    private int Width => heads * depth;

    public double[] Output { get; } = new double[batch * length * heads * depth];

    public double[] Logsumexp { get; } = new double[batch * heads * length];

    public double[] Gradient { get; } = new double[batch * length * 3 * heads * depth];

    public double[] RowScaleGradient { get; } = new double[heads * length];

    public NaiveAttention Run(double[]? dy = null)
    {
        for (var b = 0; b < batch; b++)
        {
            for (var h = 0; h < heads; h++)
            {
                for (var i = 0; i < length; i++) Row(b, h, i, dy);
            }
        }

        foreach (var result in (double[][])[Gradient, RowScaleGradient])
        {
            for (var i = 0; i < result.Length; i++) result[i] = _round(result[i]);
        }

        return this;
    }

    private void Row(int b, int h, int i, double[]? dy)
    {
        var (scores, weights) = (new double[i + 1], new double[i + 1]);
        var scale = rowScale?.Invoke(h, i) ?? 1;
        for (var j = 0; j <= i; j++)
        {
            for (var d = 0; d < depth; d++) scores[j] += qkv[At(b, i, 0, h, d)] * qkv[At(b, j, 1, h, d)] / Math.Sqrt(depth);
            scores[j] = _round(scores[j]);
            weights[j] = _round(a(h, i - j) * scale * scores[j] + m(h, i - j));
        }

        var largest = weights.Max();
        var logsumexp = largest + Math.Log(weights.Sum(x => Math.Exp(x - largest)));
        Logsumexp[(b * heads + h) * length + i] = logsumexp;
        for (var j = 0; j <= i; j++)
        {
            weights[j] = _round(Math.Exp(weights[j] - logsumexp));
            for (var d = 0; d < depth; d++) Output[Out(b, i, h, d)] += weights[j] * qkv[At(b, j, 2, h, d)];
        }

        for (var d = 0; d < depth; d++) Output[Out(b, i, h, d)] = _round(Output[Out(b, i, h, d)]);
        if (dy is null) return;
        var dp = new double[i + 1];
        for (var j = 0; j <= i; j++)
        {
            for (var d = 0; d < depth; d++) dp[j] += dy[Out(b, i, h, d)] * qkv[At(b, j, 2, h, d)];
            dp[j] = _round(dp[j]);
        }

        var mean = _round(Enumerable.Range(0, depth).Sum(d => dy[Out(b, i, h, d)] * Output[Out(b, i, h, d)]));
        for (var j = 0; j <= i; j++)
        {
            var dl = _round(weights[j] * (dp[j] - mean) * a(h, i - j));
            RowScaleGradient[h * length + i] += dl * scores[j];
            for (var d = 0; d < depth; d++)
            {
                Gradient[At(b, i, 0, h, d)] += dl * scale * qkv[At(b, j, 1, h, d)] / Math.Sqrt(depth);
                Gradient[At(b, j, 1, h, d)] += dl * scale * qkv[At(b, i, 0, h, d)] / Math.Sqrt(depth);
                Gradient[At(b, j, 2, h, d)] += weights[j] * dy[Out(b, i, h, d)];
            }
        }
    }

    private int At(int b, int i, int part, int h, int d) => ((b * length + i) * 3 + part) * Width + h * depth + d;

    private int Out(int b, int i, int h, int d) => (b * length + i) * Width + h * depth + d;
}

using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

/// <summary>The paper's GPT as plain loops over double arrays, written from its description alone; the oracle for <see cref="Gpt"/>.</summary>
internal sealed class NaiveGpt(GptConfig config, Func<string, double[]> weights)
{
    private readonly int _c = config.Width;

    /// <summary>Logits [layer][head][i][j ≤ i] of the attention in the last call of <see cref="Logits"/>.</summary>
    public List<double[][][]> AttentionLogits { get; } = [];

    /// <summary>q·k/√D behind them.</summary>
    public List<double[][][]> AttentionScores { get; } = [];

    /// <summary>Logits of the last position's successor for every position: [T][V].</summary>
    public double[][] Logits(int[] tokens)
    {
        AttentionLogits.Clear();
        AttentionScores.Clear();
        var embedding = weights("wte.weight");
        var x = tokens.Select(id => Norm(embedding.AsSpan(id * _c, _c))).ToArray();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var attended = Attend([.. x.Select(row => Norm(row))], $"blocks.{layer}.attn");
            for (var t = 0; t < x.Length; t++) Add(x[t], Times(weights($"blocks.{layer}.attn.out.weight"), attended[t]));
            for (var t = 0; t < x.Length; t++)
            {
                var hidden = Times(weights($"blocks.{layer}.mlp.up.weight"), Norm(x[t]));
                for (var i = 0; i < hidden.Length; i++) hidden[i] = hidden[i] > 0 ? hidden[i] * hidden[i] : 0;
                Add(x[t], Times(weights($"blocks.{layer}.mlp.down.weight"), hidden));
            }
        }

        return [.. x.Select(row => Times(weights("head.weight"), Norm(row)))];
    }

    /// <summary>Mean cross-entropy of the targets.</summary>
    public double Loss(int[] tokens, int[] targets) => Logits(tokens).Select((row, t) => Math.Log(row.Sum(l => Math.Exp(l - row.Max()))) + row.Max() - row[targets[t]]).Average();

    private double[][] Attend(double[][] x, string name)
    {
        var (heads, d) = (config.Heads, _c / config.Heads);
        var method = AttentionMethod.Find(config.Attention);
        var setting = new AttentionSetting(heads, d, config.Context, Math.Max(config.Context, x.Length), config.Options);
        var rows = method.RowScale?.Invoke(setting);
        var frequencies = method.Frequencies(setting);
        var qkv = x.Select(row => Times(weights($"{name}.qkv.weight"), row)).ToArray();
        var y = x.Select(_ => new double[_c]).ToArray();
        var (all, plain) = (new double[heads][][], new double[heads][][]);
        for (var h = 0; h < heads; h++)
        {
            var q = qkv.Select((row, t) => Rotate(Norm(row.AsSpan(h * d, d)), t, frequencies)).ToArray();
            var k = qkv.Select((row, t) => Rotate(Norm(row.AsSpan(_c + h * d, d)), t, frequencies)).ToArray();
            (all[h], plain[h]) = (new double[x.Length][], new double[x.Length][]);
            for (var i = 0; i < x.Length; i++)
            {
                var logits = new double[i + 1];
                var scale = rows is null ? 1 : rows[i] * weights($"{name}.scale")[h];
                var trained = method.TrainsTau ? setting with { Options = config.Options with { Tau = Math.Exp(weights($"{name}.log_tau")[h]) } } : setting;
                var scores = Enumerable.Range(0, i + 1).Select(j => q[i].Zip(k[j], (a, b) => a * b).Sum() / Math.Sqrt(d)).ToArray();
                for (var j = 0; j <= i; j++) logits[j] = method.Factor(trained, h, i - j) * scale * scores[j] + method.Shift(trained, h, i - j);
                (all[h][i], plain[h][i]) = (logits, scores);
                var total = logits.Sum(Math.Exp);
                for (var j = 0; j <= i; j++)
                    for (var e = 0; e < d; e++) y[i][h * d + e] += Math.Exp(logits[j]) / total * qkv[j][2 * _c + h * d + e];
            }
        }

        AttentionLogits.Add(all);
        AttentionScores.Add(plain);
        return y;
    }

    private static double[] Rotate(double[] x, int position, double[] frequencies)
    {
        var (half, y) = (x.Length / 2, new double[x.Length]);
        for (var k = 0; k < half; k++)
        {
            var angle = position * frequencies[k];
            y[k] = x[k] * Math.Cos(angle) + x[k + half] * Math.Sin(angle);
            y[k + half] = -x[k] * Math.Sin(angle) + x[k + half] * Math.Cos(angle);
        }

        return y;
    }

    private double[] Norm(ReadOnlySpan<double> x)
    {
        var values = x.ToArray();
        var scale = 1 / Math.Sqrt(values.Average(v => v * v) + config.Epsilon);
        return Array.ConvertAll(values, v => v * scale);
    }

    private static double[] Times(double[] matrix, double[] x)
    {
        var y = new double[matrix.Length / x.Length];
        for (var i = 0; i < y.Length; i++)
            for (var j = 0; j < x.Length; j++) y[i] += matrix[i * x.Length + j] * x[j];
        return y;
    }

    private static void Add(double[] x, double[] y)
    {
        for (var i = 0; i < x.Length; i++) x[i] += y[i];
    }
}

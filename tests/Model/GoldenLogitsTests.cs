using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Model;

/// <summary>
/// One query over four keys with scores 0.25, 2, −1, 0.5 at distances 0 to 3: attention weights computed by hand from the paper's formulas, against tables and op of each
/// method. Values are one-hot, so the output is the weights.
/// </summary>
public class GoldenLogitsTests
{
    [Theory]
    [InlineData("rope", 4, 0.120118203, 0.691232531, 0.034414441, 0.154234825)]
    [InlineData("p-rope", 4, 0.120118203, 0.691232531, 0.034414441, 0.154234825)]
    [InlineData("nope", 4, 0.120118203, 0.691232531, 0.034414441, 0.154234825)]
    [InlineData("ntk", 4, 0.120118203, 0.691232531, 0.034414441, 0.154234825)]
    [InlineData("sia", 4, 0.129373309, 0.738331394, 0.021755782, 0.110539515)]
    [InlineData("sia-rope", 4, 0.129373309, 0.738331394, 0.021755782, 0.110539515)]
    [InlineData("sia-nope", 4, 0.129373309, 0.738331394, 0.021755782, 0.110539515)]
    [InlineData("sia-trained-tau", 4, 0.129373309, 0.738331394, 0.021755782, 0.110539515)]
    [InlineData("sia-a-only", 4, 0.104258113, 0.719949244, 0.025246569, 0.150546074)]
    [InlineData("sia-m-only", 4, 0.148928977, 0.708286852, 0.029631157, 0.113153013)]
    [InlineData("alibi", 4, 0.159693550, 0.715696838, 0.027750578, 0.096859034)]
    [InlineData("logn-rope", 4, 0.189117635, 0.499084431, 0.094558818, 0.217239116)]
    [InlineData("logn-p-rope", 4, 0.189117635, 0.499084431, 0.094558818, 0.217239116)]
    [InlineData("logn-ntk", 4, 0.189117635, 0.499084431, 0.094558818, 0.217239116)]
    [InlineData("yarn", 4, 0.120118203, 0.691232531, 0.034414441, 0.154234825)]
    // Four times the training context: every logit times (0.1 ln 4 + 1)² = 1.2965.
    [InlineData("yarn", 1, 0.081641175, 0.789317360, 0.016147052, 0.112894413)]
    public void Weights_of_the_golden_query(string method, int trainContext, double w0, double w1, double w2, double w3)
    {
        const int Heads = 4;
        double[] scores = [0.25, 2, -1, 0.5];
        using var cpu = new CpuDevice();
        var config = new GptConfig { Layers = 1, Width = 16, Heads = Heads, Vocabulary = 5, Context = trainContext, Attention = method };
        using var tables = new DistanceTables(config, AttentionMethod.Find(method), DType.F64, cpu);
        using var scope = Scope.Enter();
        var view = tables.For(4);
        // D = 4: q = (2, 0, 0, 0) gives q·k / √4 = k₀; key and value at position 3 − t belong to distance t.
        var qkv = new double[4 * 3 * 16];
        for (var i = 0; i < 4; i++)
            for (var h = 0; h < Heads; h++)
            {
                var at = i * 48 + h * 4;
                (qkv[at], qkv[at + 16], qkv[at + 32 + 3 - i]) = (2, scores[3 - i], 1);
            }

        Tensor? rowScale = view.Rows is { } rows ? MatMul.Apply(Tensor.From<double>([0.4, 0.4, 0.4, 0.4], [Heads, 1], cpu), rows) : null;
        var y = Attention.Apply(Tensor.From<double>(qkv, [1, 4, 48], cpu), Heads, view.Factor, view.Shift, rowScale).ToArray<double>();
        // ALiBi's first of four slopes is 1/4; the other methods treat heads alike.
        double[] expected = [w0, w1, w2, w3];
        for (var h = 0; h < (method == "alibi" ? 1 : Heads); h++)
            for (var t = 0; t < 4; t++) Assert.Equal(expected[t], y[3 * 16 + h * 4 + t], 2e-9);
    }

    [Fact]
    public void Tau_is_an_option()
    {
        double[] scores = [0.25, 2, -1, 0.5], expected = [0.184503738, 0.789107388, 0.002670770, 0.023718104];
        var (setting, sia) = (new AttentionSetting(1, 8, 4, 4, new() { Tau = 1 }), AttentionMethod.Find("sia"));
        double[] logits = [.. scores.Select((s, t) => sia.Factor(setting, 0, t) * s + sia.Shift(setting, 0, t))];
        for (var t = 0; t < 4; t++) Assert.Equal(expected[t], Math.Exp(logits[t]) / logits.Sum(Math.Exp), 9);
    }
}

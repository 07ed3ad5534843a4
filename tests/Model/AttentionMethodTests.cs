using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

public class AttentionMethodTests
{
    private static readonly AttentionSetting Paper = new(6, 128, 4096, 4096, new AttentionOptions());

    [Fact]
    public void P_rope_at_the_papers_setting_runs_from_1_to_one_1024th_over_half_of_the_pairs()
    {
        var frequencies = RotaryFrequencies.PRope(Paper);
        Assert.Equal(64, frequencies.Length);
        Assert.Equal(1, frequencies[0]);
        Assert.Equal(0.799638, frequencies[1], 6);
        Assert.Equal(0.639421, frequencies[2], 6);
        Assert.Equal(0.00122126, frequencies[30], 8);
        Assert.Equal(0.00097656, frequencies[31], 8);
        Assert.All(frequencies.Skip(32), frequency => Assert.Equal(0, frequency));
    }

    [Fact]
    public void P_rope_at_other_contexts_keeps_the_slowest_pair_at_the_same_part_of_a_turn()
    {
        foreach (var context in (int[])[128, 256, 1024, 16_384])
            Assert.Equal(4.0, RotaryFrequencies.PRope(Paper with { TrainContext = context })[31] * context, 9);
        Assert.Equal(1.0 / 1024, RotaryFrequencies.PRope(Paper with { TrainContext = 16_384, Options = new() { PRopeBase = 1024 } })[31], 9);
    }

    [Fact]
    public void Rope_has_base_10000_over_all_pairs()
    {
        var frequencies = RotaryFrequencies.Rope(Paper);
        for (var k = 0; k < 64; k++) Assert.Equal(Math.Pow(10_000, -k / 64.0), frequencies[k], 12);
        Assert.All(RotaryFrequencies.None(Paper), frequency => Assert.Equal(0, frequency));
    }

    [Fact]
    public void Plain_methods_leave_logits_alone()
    {
        foreach (var name in (string[])["rope", "p-rope", "nope"])
        {
            Assert.Equal(1, AttentionMethod.Find(name).Factor(Paper, 3, 1000));
            Assert.Equal(0, AttentionMethod.Find(name).Shift(Paper, 3, 1000));
        }

        foreach (var name in (string[])["sia", "sia-rope", "sia-nope"]) Assert.Equal(ScaleInvariance.Shift(1000), AttentionMethod.Find(name).Shift(Paper, 3, 1000));
    }

    [Fact]
    public void Readings_b_and_c_of_p_rope()
    {
        var b = RotaryFrequencies.PRope(Paper with { Options = new() { PRope = "b" } });
        Assert.Equal(48, b.Count(frequency => frequency > 0));
        Assert.Equal(1.155e-3, b[47], 6);
        var c = RotaryFrequencies.PRope(Paper with { Options = new() { PRope = "c" } });
        Assert.Equal(64, c.Count(frequency => frequency > 0));
        Assert.Equal(5774, 2 * Math.PI / c[63], 0.5);
    }

    [Theory, InlineData(4096, 4096, 10_000), InlineData(4096, 16_384, 40889.94), InlineData(4096, 65_536, 167198.74), InlineData(16_384, 65_536, 40889.94), InlineData(4096, 100, 10_000)]
    public void Ntk_has_the_papers_bases(int trained, int context, double expected)
    {
        var frequencies = RotaryFrequencies.Ntk(Paper with { TrainContext = trained, Context = context });
        Assert.Equal(expected, Math.Pow(frequencies[1], -64), expected * 1e-6);
        Assert.Equal(1, frequencies[0]);
    }

    [Fact]
    public void Yarn_keeps_fast_pairs_and_interpolates_slow_ones()
    {
        Assert.Equal(1.2965, RotaryFrequencies.YarnFactor(Paper with { Context = 16_384 }), 4);
        Assert.Equal(1.6314, RotaryFrequencies.YarnFactor(Paper with { Context = 65_536 }), 4);
        Assert.Equal(1, RotaryFrequencies.YarnFactor(Paper));
        Assert.Equal(RotaryFrequencies.Rope(Paper), RotaryFrequencies.Yarn(Paper));
        foreach (var ramp in AttentionOptions.YarnRamps)
        {
            var (rope, yarn) = (RotaryFrequencies.Rope(Paper), RotaryFrequencies.Yarn(Paper with { Context = 16_384, Options = new() { Yarn = ramp } }));
            for (var k = 0; k < 64; k++)
            {
                var turns = 4096 * rope[k] / (2 * Math.PI);
                // By index, the ramp runs between pairs 20 and 46.
                var gamma = ramp == "turns" ? Math.Clamp((turns - 1) / 31, 0, 1) : 1 - Math.Clamp((k - 20) / 26.0, 0, 1);
                Assert.Equal(rope[k] * ((1 - gamma) / 4 + gamma), yarn[k], 12);
            }
        }
    }

    [Fact]
    public void Alibi_slopes_follow_both_conventions()
    {
        Near([0.39685, 0.15749, 0.0625, 0.024803, 0.0098431, 0.00390625], "geometric");
        Near([0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125], "interleaved");
        for (var h = 0; h < 8; h++) Assert.Equal(Math.Pow(2, -h - 1), AlibiSlopes.Of(h, 8, "interleaved"), 12);
        Assert.Equal(-0.0625 * 7, AttentionMethod.Find("alibi").Shift(Paper, 2, 7));

        static void Near(double[] expected, string convention)
        {
            for (var h = 0; h < expected.Length; h++) Assert.Equal(expected[h], AlibiSlopes.Of(h, expected.Length, convention), 5e-6);
        }
    }

    [Theory, InlineData(4096, 0.136631), InlineData(16_384, 0.114884), InlineData(65_536, 0.099104), InlineData(1024, 0.16847)]
    public void Logn_starts_where_its_mean_factor_is_one(int context, double expected)
    {
        Assert.Equal(expected, LogN.InitialScale(context, "prefix"), 5e-6);
        Assert.Equal(1 / Math.Log(context), LogN.InitialScale(context, "global"), 12);
        var rows = LogN.Rows(Paper with { TrainContext = context, Context = context });
        Assert.Equal(1, rows.Average() * LogN.InitialScale(context, "prefix"), 12);
        Assert.Equal(Math.Log(64), LogN.Rows(Paper with { Context = 64, Options = new() { LogN = "global" } })[3]);
    }

    [Fact]
    public void Weights_of_the_golden_query_for_plain_logn_and_alibi()
    {
        // One query, scores by distance 0.25, 2, -1, 0.5 (paper notes, section 2): s = 0.4 and n = 4; slope 0.25.
        double[] scores = [0.25, 2, -1, 0.5];
        Close([0.120118203, 0.691232531, 0.034414441, 0.154234825], scores);
        var factor = 0.4 * LogN.Rows(Paper with { Context = 4 })[3];
        Close([0.189117635, 0.499084431, 0.094558818, 0.217239116], [.. scores.Select(s => factor * s)]);
        var alibi = AttentionMethod.Find("alibi");
        var four = Paper with { Heads = 4 };
        Close([0.159693550, 0.715696838, 0.027750578, 0.096859034], [.. scores.Select((s, t) => s + alibi.Shift(four, 0, t))]);

        static void Close(double[] expected, double[] logits)
        {
            var total = logits.Sum(Math.Exp);
            for (var t = 0; t < expected.Length; t++) Assert.Equal(expected[t], Math.Exp(logits[t]) / total, 9);
        }
    }

    [Fact]
    public void Methods_that_differ_only_beyond_the_training_context_share_a_training()
    {
        foreach (var method in AttentionMethod.All)
        {
            var trained = AttentionMethod.Find(method.TrainedAs);
            Assert.Equal(trained.Name, trained.TrainedAs);
            Assert.Equal(trained.Frequencies(Paper), method.Frequencies(Paper));
            Assert.Equal(trained.RowScale?.Invoke(Paper), method.RowScale?.Invoke(Paper));
            foreach (var t in (int[])[0, 1, 7, 4095]) Assert.Equal((trained.Factor(Paper, 1, t), trained.Shift(Paper, 1, t)), (method.Factor(Paper, 1, t), method.Shift(Paper, 1, t)));
        }

        Assert.Equal(["ntk", "yarn", "logn-ntk"], AttentionMethod.All.Where(m => m.TrainedAs != m.Name).Select(m => m.Name));
    }

    [Theory, InlineData("tau", 0.0, "--tau takes a positive number, not 0"), InlineData("base", -1.0, "--p-rope-base takes a number of at least 0, not -1")]
    public void Impossible_options_are_refused(string what, double value, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => (what == "tau" ? new AttentionOptions { Tau = value } : new AttentionOptions { PRopeBase = value }).Validate()).Message);

    [Fact]
    public void An_unknown_name_lists_the_names() =>
        Assert.StartsWith("no attention method 'flash'; the methods are sia, p-rope, rope, nope, alibi, ntk, yarn, logn-rope, logn-p-rope, logn-ntk, sia-rope, sia-nope", Assert.Throws<ArgumentException>(() => AttentionMethod.Find("flash")).Message);
}

using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

public class AttentionMethodTests
{
    private static readonly AttentionSetting Paper = new(6, 128, 4096, 4096, 10, 0);

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
        Assert.Equal(1.0 / 1024, RotaryFrequencies.PRope(Paper with { TrainContext = 16_384, PRopeBase = 1024 })[31], 9);
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
    public void An_unknown_name_lists_the_names() =>
        Assert.StartsWith("no attention method 'flash'; the methods are sia, p-rope, rope, nope, sia-rope, sia-nope", Assert.Throws<ArgumentException>(() => AttentionMethod.Find("flash")).Message);
}

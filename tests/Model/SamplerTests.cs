using SiaEngine.Cpu;
using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

public class SamplerTests
{
    private static readonly float[] Logits = [0, 2, 1, -1];

    [Fact]
    public void Temperature_zero_takes_the_largest_and_the_first_of_equals()
    {
        Assert.Equal(1, new Sampler(1, Temperature: 0).Next(Logits, 5));
        Assert.Equal(0, new Sampler(1, Temperature: 0).Next([3, 3, 1], 5));
    }

    [Fact]
    public void Frequencies_follow_the_softmax()
    {
        var counts = new int[4];
        const int Draws = 40_000;
        for (var i = 0; i < Draws; i++) counts[new Sampler(7, Temperature: 1).Next(Logits, i)]++;
        var total = Logits.Sum(l => Math.Exp(l));
        // Four standard errors of a binomial share.
        for (var i = 0; i < 4; i++) Assert.Equal(Math.Exp(Logits[i]) / total, counts[i] / (double)Draws, 4 * 0.5 / Math.Sqrt(Draws));
    }

    [Fact]
    public void Top_k_and_top_p_restrict_the_candidates()
    {
        for (var i = 0; i < 500; i++)
        {
            Assert.Contains(new Sampler(3, Temperature: 5, TopK: 2).Next(Logits, i), (int[])[1, 2]);
            Assert.Equal(1, new Sampler(3, Temperature: 1, TopP: 0.5).Next(Logits, i));
        }
    }

    [Fact]
    public void Continuing_a_prompt_greedily_equals_taking_the_best_of_the_full_forward_pass()
    {
        using var cpu = new CpuDevice();
        using var model = GptTests.Random(new GptConfig { Layers = 2, Width = 16, Heads = 2, Vocabulary = 11, Context = 8 }, cpu, DType.F32);
        var tokens = new List<int> { 3, 1, 4 };
        var continued = new Sampler(1, Temperature: 0).Continue(model, [.. tokens], 12).ToArray();
        foreach (var next in continued)
        {
            using var scope = Scope.Enter();
            var logits = model.Logits(model.Hidden(Tensor.From<int>([.. tokens], [1, tokens.Count], cpu))).ToArray<float>();
            Assert.Equal(new Sampler(1, Temperature: 0).Next(logits.AsSpan((tokens.Count - 1) * 11), 0), next);
            tokens.Add(next);
        }

        var sampler = new Sampler(9, Temperature: 1);
        Assert.Equal(sampler.Continue(model, [3], 20), sampler.Continue(model, [3], 20));
    }
}

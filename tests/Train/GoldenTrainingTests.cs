using SiaEngine.Cpu;
using SiaEngine.Train;

namespace SiaEngine.Tests.Train;

/// <summary>
/// Ten steps of a 2-layer model on generated text, whose losses are committed: written by this test on AVX-512, f32, commit "Golden training steps". The first is
/// ln 300 by construction; the model and each gradient behind the others are checked against independent references elsewhere.
/// </summary>
public class GoldenTrainingTests
{
    private static readonly double[] Sia = [5.703783, 5.681386, 5.646417, 5.606570, 5.557751, 5.512016, 5.471676, 5.420053, 5.387782, 5.356803];

    private static readonly double[] Rope = [5.703783, 5.681386, 5.646424, 5.606623, 5.557811, 5.512107, 5.471715, 5.420132, 5.387855, 5.356876];

    [Fact]
    public void Ten_steps_with_scale_invariant_attention() => Check("sia", Sia);

    [Fact]
    public void Ten_steps_with_rope() => Check("rope", Rope);

    private static void Check(string method, double[] golden)
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var trainer = new Trainer(run.Config with { Attention = method, Steps = 10 }, run.Data(), cpu);
        var losses = Enumerable.Range(0, 10).Select(_ => trainer.Step().Loss).ToArray();
        Assert.Equal(Math.Log(300), losses[0], 1e-4);
        Assert.True(losses.Zip(golden).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4) && golden.Length == 10, $"{method}: {string.Join(", ", losses.Select(l => l.ToString("F6", null)))}");
    }
}

using SiaEngine.Cpu;
using SiaEngine.Train;

namespace SiaEngine.Tests.Train;

/// <summary>
/// Ten steps of a 2-layer model on generated text, whose losses are committed: written by this test on AVX-512, f32. The first is
/// ln 300 by construction; the model and each gradient behind the others are checked against independent references elsewhere.
/// </summary>
public class GoldenTrainingTests
{
    private static readonly double[] Sia = [5.703783, 5.681386, 5.646417, 5.606587, 5.557789, 5.512065, 5.471724, 5.420081, 5.387882, 5.356873];

    private static readonly double[] Rope = [5.703783, 5.681386, 5.646424, 5.606634, 5.557845, 5.512156, 5.471765, 5.420160, 5.387955, 5.356943];

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
        Assert.True(losses.Zip(golden).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-5) && golden.Length == 10, $"{method}: {string.Join(", ", losses.Select(l => l.ToString("F6", null)))}");
    }
}

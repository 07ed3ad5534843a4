using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Train;

namespace SiaEngine.Tests.Train;

/// <summary>Every attention method trains; the scales of LogN are trained with the head, not by Muon.</summary>
public class MethodTrainingTests
{
    public static TheoryData<string> Methods => [.. AttentionMethod.All.Select(method => method.Name)];

    [Theory, MemberData(nameof(Methods))]
    public void Twenty_steps_lower_the_loss(string method)
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var trainer = new Trainer(run.Config with { Attention = method, Steps = 20, CooldownSteps = 0 }, run.Data(), cpu);
        var first = trainer.Step().Loss;
        var last = 0.0;
        for (var i = 0; i < 19; i++) last = trainer.Step().Loss;
        Assert.Equal(Math.Log(300), first, 1e-4);
        Assert.True(last < first - 0.5, $"{method}: from {first} to {last}");
        var scales = trainer.Model.Parameters.Where(parameter => parameter.Name.EndsWith(".scale", StringComparison.Ordinal)).ToArray();
        Assert.Equal(AttentionMethod.Find(method).RowScale is null ? 0 : 2, scales.Length);
        var start = (float)LogN.InitialScale(16, "prefix");
        Assert.All(scales.SelectMany(scale => scale.Master.ToArray<float>()), s => Assert.True(s != start && Math.Abs(s - start) < 0.1, $"{s}, started at {start}"));
        var times = trainer.Model.Parameters.Where(parameter => parameter.Name.EndsWith(".log_tau", StringComparison.Ordinal)).ToArray();
        Assert.Equal(method == "sia-trained-tau" ? 2 : 0, times.Length);
        Assert.All(times.SelectMany(time => time.Master.ToArray<float>()), t => Assert.True(t != (float)Math.Log(10) && Math.Abs(t - Math.Log(10)) < 0.5, $"ln tau is {t}"));
        Assert.Equal(trainer.Model.Config.Parameters, trainer.Model.Parameters.Weights);
    }
}

using SiaEngine.Cpu;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Tests.Train;
using SiaEngine.Train;

namespace SiaEngine.Tests.Cuda;

/// <summary>A GPT of 2 layers, width 64, context 64 trains on the simulated device: every kernel of the training step, forward, backward and optimizers.</summary>
public class TrainingStepTests
{
    /// <summary>Two micro-batches a step, so that gradients are written and added to.</summary>
    private static RunConfig Config(SmallRun run) => run.Config with { Width = 64, Heads = 2, Context = 64, BatchTokens = 128, MicroBatchTokens = 64, Steps = 20, CooldownSteps = 5, ClipNorm = 1 };

    [Fact]
    public void Twenty_steps_in_f32_have_the_losses_of_the_cpu()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        var data = run.Data();
        var (expected, actual) = (Losses(Config(run), data, cpu, 20), Losses(Config(run), data, sim, 20));
        for (var i = 0; i < 20; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= 1e-4, $"step {i + 1}: {actual[i]:F6}, on the cpu {expected[i]:F6}");
        Assert.True(actual[^1] < actual[0] - 0.5, $"loss went from {actual[0]:F3} to {actual[^1]:F3}");
        Assert.Equal(0, sim.Pool.LiveBytes);
    }

    /// <summary>
    /// bf16 rounds what it stores by up to 2⁻⁹, so the loss of a token is off by about that part of itself. The signs of 128 tokens are independent: their mean is
    /// off by 1/√128 of it. Half of the bound is for this, half for the drift of the weights over ten steps.
    /// </summary>
    [Fact]
    public void Ten_steps_in_bf16_stay_close_to_f32()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        var data = run.Data();
        var (expected, actual) = (Losses(Config(run), data, cpu, 10), Losses(Config(run) with { Compute = "bf16" }, data, sim, 10));
        var bound = 2 * Math.Log(300) / 512 / Math.Sqrt(128);
        for (var i = 0; i < 10; i++)
            Assert.True(Math.Abs(actual[i] - expected[i]) <= bound, $"step {i + 1}: {actual[i]:F6}, in f32 {expected[i]:F6}");
        Assert.NotEqual(expected[9], actual[9]);
    }

    [Theory, InlineData("f32"), InlineData("bf16")]
    public void Runs_in_another_order_of_blocks_and_warps_give_the_same_bits(string compute)
    {
        using var run = new SmallRun();
        var data = run.Data();
        Assert.Equal(Weights(Schedule.InOrder), Weights(Schedule.Shuffled(7)));

        double[] Weights(Schedule schedule)
        {
            using var sim = SimulatedDevice.Create(new SimulatedDriver { Schedule = schedule });
            using var trainer = new Trainer(Config(run) with { Compute = compute, Layers = 1 }, data, sim);
            for (var i = 0; i < 2; i++) trainer.Step();
            return [.. trainer.Model.Parameters.SelectMany(p => GradientContext.Read(p.Master).Concat(GradientContext.Read(p.Value)))];
        }
    }

    private static double[] Losses(RunConfig config, SiaEngine.Train.Data.Dataset data, Device device, int steps)
    {
        using var trainer = new Trainer(config, data, device);
        return [.. Enumerable.Range(0, steps).Select(_ => trainer.Step().Loss)];
    }
}

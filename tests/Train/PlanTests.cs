using SiaEngine.Cpu;
using SiaEngine.Train;

namespace SiaEngine.Tests.Train;

/// <summary>What a run says it will need.</summary>
[Collection(nameof(CommandLineTests))]
public class PlanTests
{
    [Fact]
    public void Time_is_micro_batches_times_their_seconds_and_evaluations_in_proportion_to_operations()
    {
        var config = new RunConfig { Layers = 3, Width = 8, Heads = 1, Context = 16, BatchTokens = 64, MicroBatchTokens = 32, Steps = 10, EvalContexts = [16, 64] };
        // Weights outside the embedding: 3 layers of 12 · 64 and a head of 100 · 8; a token costs twice those and 2 · T · 8 · 3 of attention.
        var (near, far) = (2.0 * (3 * 12 * 64 + 800) + 2 * 16 * 24, 2.0 * (3 * 12 * 64 + 800) + 2 * 64 * 24);
        var plan = TimePlan.Of(config, 100, forward: 0.32, both: 1, steps: 10, evaluations: 2, evaluationTokens: 1000);
        Assert.Equal(20, plan.Training);
        Assert.Equal(2 * (1000 * 0.01 + 1000 * 0.01 * far / near), plan.Evaluation, 9);
        Assert.Equal(plan.Training + plan.Evaluation, plan.Total);
        // Of a comparison's other trainings, all steps and evaluations at steps 4, 8 and at the end.
        Assert.Equal(20 + 3 * plan.Evaluation / 2, plan.Whole(config with { EvalEvery = 4 }), 9);
        Assert.Equal(20 + 2 * plan.Evaluation / 2, plan.Whole(config with { EvalEvery = 5 }), 9);
        Assert.Equal(20 + plan.Evaluation / 2, plan.Whole(config), 9);
    }

    [Theory, InlineData(0.0312, "31 ms"), InlineData(41.26, "41.3 s"), InlineData(2460, "41 min"), InlineData(9000, "2.5 h"), InlineData(864_000, "10 days")]
    public void Durations_are_readable(double seconds, string expected) => Assert.Equal(expected, TimePlan.Duration(seconds));

    [Fact]
    public void Measuring_changes_nothing()
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        using var plain = new Trainer(run.Config, run.Data(), cpu);
        using var measured = new Trainer(run.Config, run.Data(), cpu);
        for (var i = 0; i < 3; i++)
        {
            var (forward, both) = measured.Measure();
            Assert.InRange(forward, 1e-6, both);
            Assert.Equal(plain.Step(), measured.Step());
        }

        foreach (var (a, b) in plain.Model.Parameters.Zip(measured.Model.Parameters)) Assert.Equal(a.Master.ToArray<float>(), b.Master.ToArray<float>());
    }

    [Fact]
    public void A_run_prints_its_plan_and_what_it_took()
    {
        using var run = new SmallRun();
        var (code, output, _) = SmallRun.Sia(run.ChangedArguments("run", "--steps", "30"));
        Assert.Equal(0, code);
        Assert.Matches(@"sia: needs about \d+ MiB \(weights and gradients \d+ MiB, optimizers \d+ MiB, activations \d+ MiB\); about [\d.]+ m?s on this machine, [\d.]+ m?s of it evaluations, from a micro-batch that took", output);
        Assert.Matches(@"sia: [\d.]+ m?s, planned [\d.]+ m?s; at most \d+ MiB in training, planned \d+ MiB", output);
        // Too short to measure.
        Assert.Matches(@"activations \d+ MiB\)\r?\n", SmallRun.Sia(run.TrainArguments("short")).Output);
    }

    [Theory]
    [InlineData("demo", 1, 1)]
    [InlineData("demo", 8, 1)]
    [InlineData("gpt-1m", 2, 1)]
    [InlineData("gpt-1m", 2, 2)]
    public void The_memory_plan_is_near_what_a_step_uses(string preset, int rows, int microBatches)
    {
        using var run = new SmallRun();
        using var cpu = new CpuDevice();
        var start = Presets.Find(preset);
        var config = start with { Data = run.Text, Vocabulary = 300, BatchTokens = microBatches * rows * start.Context, MicroBatchTokens = rows * start.Context };
        cpu.Pool.ResetPeak();
        using var trainer = new Trainer(config, run.Data(), cpu);
        trainer.Step();
        trainer.Step();
        var planned = MemoryPlan.Of(config, 300, cpu).Total;
        Assert.True(Math.Abs(cpu.Pool.PeakBytes - planned) < 0.15 * planned, $"planned {planned}, used {cpu.Pool.PeakBytes}");
    }

    [Fact]
    public void The_needle_schedule_is_three_thirds()
    {
        double[] expected = [1 / 3.0, 2 / 3.0, 1, 1, 1, 1, 1, 2 / 3.0, 1 / 3.0];
        for (var step = 0; step < 9; step++) Assert.Equal(expected[step], LearningRate.Thirds(step, 9), 12);
        Assert.Equal(0.01, LearningRate.Thirds(0, 300), 12);
        Assert.Equal((1.0, 1.0, 1.0, 0.01), (LearningRate.Thirds(99, 300), LearningRate.Thirds(199, 300), LearningRate.Thirds(200, 300), LearningRate.Thirds(299, 300)));
        Assert.All(Enumerable.Range(0, 2), step => Assert.InRange(LearningRate.Thirds(step, 2), 0.1, 1));
    }
}

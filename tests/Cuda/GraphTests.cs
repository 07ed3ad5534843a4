using SiaEngine.Cpu;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;
using SiaEngine.Tests.Train;
using SiaEngine.Train;

namespace SiaEngine.Tests.Cuda;

/// <summary>Work recorded once and replayed does what it does when it runs at once.</summary>
public class GraphTests
{
    [Theory, InlineData("f32", 2), InlineData("bf16", 2), InlineData("f32", 1)]
    public void Replayed_training_steps_have_the_bits_of_steps_run_at_once(string compute, int microBatches)
    {
        using var run = new SmallRun();
        var data = run.Data();
        var config = run.Config with { Compute = compute, BatchTokens = 32 * microBatches, ClipNorm = 1 };
        var (losses, weights) = Train(config);
        var (replayed, same) = Train(config with { Graph = true });
        Assert.Equal(losses, replayed);
        Assert.Equal(weights, same);

        (StepResult[] Steps, double[] Weights) Train(RunConfig config)
        {
            using var sim = Devices.Open();
            sim.Pool.Poison = true;
            StepResult[] steps;
            double[] weights;
            using (var trainer = new Trainer(config, data, sim))
            {
                steps = [.. Enumerable.Range(0, 4).Select(_ => trainer.Step())];
                weights = [.. trainer.Model.Parameters.SelectMany(p => GradientContext.Read(p.Master).Concat(GradientContext.Read(p.Value)))];
            }

            Assert.Equal(0, sim.Pool.LiveBytes);
            return (steps, weights);
        }
    }

    [Fact]
    public void A_replay_sees_new_inputs_and_its_memory_is_nobody_elses()
    {
        using var sim = Devices.Open();
        using var outer = Scope.Enter();
        var (x, y) = (Tensor.From<float>([1, 2, 3], [3], sim), Tensor.Zeros([3], DType.F32, sim));
        Work();
        x.CopyFrom<float>([1, 2, 3]);
        using (var work = sim.Capture(Work))
        {
            Assert.Equal([4.5f, 9, 13.5f], y.ToArray<float>());
            var others = Tensor.From<float>([7, 7, 7], [3], sim);
            x.CopyFrom<float>([10, 20, 30]);
            work.Replay();
            Assert.Equal([45f, 90, 135], y.ToArray<float>());
            Assert.Equal([7f, 7, 7], others.ToArray<float>());
        }

        void Work()
        {
            using var scope = Scope.Enter();
            y.CopyFrom(Scale.Apply(Add.Apply(x, Scale.Apply(x, 2)), 1.5));
        }
    }

    [Fact]
    public void Memory_of_a_capture_becomes_common_when_it_is_disposed()
    {
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var (x, y) = (Tensor.Zeros([1000], DType.F32, sim), Tensor.Zeros([1000], DType.F32, sim));
        Work();
        var reserved = sim.Pool.ReservedBytes;
        using (sim.Capture(Work)) Tensor.Persistent([1000], DType.F32, sim).Release();
        Assert.True(sim.Pool.ReservedBytes > reserved, "the tensor beside the capture had memory of its own");
        var (first, second) = (Tensor.Persistent([1000], DType.F32, sim), Tensor.Persistent([1000], DType.F32, sim));
        Assert.Equal(reserved + 4096, sim.Pool.ReservedBytes);
        first.Release();
        second.Release();

        void Work()
        {
            using var inner = Scope.Enter();
            y.CopyFrom(Scale.Apply(x, 2));
        }
    }

    /// <summary>Index 4 of rows of 3 stays inside the tensor, so only the check sees it.</summary>
    [Fact]
    public void Indices_are_checked_after_the_replay_and_named_as_when_run_at_once()
    {
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var (x, y) = (Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3], sim), Tensor.Zeros([2, 1], DType.F32, sim));
        var indices = Tensor.From<int>([2, 1], [2, 1], sim);
        Work();
        using var work = sim.Capture(Work);
        work.Replay();
        work.Verify();
        Assert.Equal([3f, 5], y.ToArray<float>());
        indices.CopyFrom<int>([4, 1]);
        work.Replay();
        var late = Assert.Throws<IndexException>(work.Verify);
        Assert.Equal(Assert.Throws<IndexException>(Work).Message, late.Message);
        indices.CopyFrom<int>([0, 0]);
        work.Replay();
        work.Verify();
        Assert.Equal([1f, 4], y.ToArray<float>());

        void Work()
        {
            using var inner = Scope.Enter();
            y.CopyFrom(Gather.Apply(x, indices));
        }
    }

    [Fact]
    public void What_cannot_be_recorded_is_refused_and_leaves_the_device_usable()
    {
        using var sim = SimulatedDevice.Create();
        using var scope = Scope.Enter();
        var x = Tensor.From<float>([1, 2], [2], sim);
        foreach (var (work, what) in ((Action, string)[])[(() => x.ToArray<float>(), "a copy to the host"), (() => x.CopyFrom<float>([3, 4]), "a copy from the host"),
            (() => Tensor.Persistent([1 << 20], DType.F32, sim), "allocation"), (sim.Synchronize, "waiting")])
            Assert.StartsWith(what + " is not possible while a graph is captured", Assert.Throws<InvalidOperationException>(() => sim.Capture(work)).Message, StringComparison.Ordinal);
        Assert.Equal([1f, 2], x.ToArray<float>());
        using var cpu = new CpuDevice();
        Assert.Equal("cpu does not record work; cuda and sim do.", Assert.Throws<DeviceException>(() => cpu.Capture(() => { })).Message);
    }
}

using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class LinearCrossEntropyTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(4), InlineData(7), InlineData(100)]
    public void Equals_the_linear_layer_its_cross_entropy_and_the_scaled_sum(int rows)
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        var expected = Run(cpu, (x, w, targets) => Scale.Apply(Sum.Apply(CrossEntropy.Apply(Linear.Apply(x, w), targets)), 0.25));
        var actual = Run(cpu, (x, w, targets) => LinearCrossEntropy.Apply(x, w, targets, 0.25, rows));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-13);
        Assert.Equal(0, cpu.Pool.LiveBytes);

        static double[] Run(CpuDevice cpu, Func<Tensor, Tensor, Tensor, Tensor> loss)
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var x = Tensor.From<double>(GradientCheck.Normals(3 * 5 * 9, 6, 0), [3, 5, 9], cpu).Track();
            var w = Tensor.From<double>(GradientCheck.Normals(21 * 9, 6, 1), [21, 9], cpu).Track();
            var targets = Tensor.From<int>([0, 20, -1, 3, 3, 4, 5, 6, 7, 8, 9, -1, 11, 12, 13], [3, 5], cpu);
            var y = loss(x, w, targets);
            Assert.Equal<Shape>([], y.Shape);
            tape.Backward(y, Tensor.From<double>([-3], [], cpu));
            return [y.Item(), .. x.Gradient!.Value.ToArray<double>(), .. w.Gradient!.Value.ToArray<double>()];
        }
    }

    [Fact]
    public void The_weights_gradient_becomes_the_parameters_and_the_next_is_added()
    {
        using var cpu = new CpuDevice();
        using var weight = new Parameter("w", [64, 16], DType.F32, cpu);
        weight.Set(GradientCheck.Normals(64 * 16, 6, 1));
        using var scope = Scope.Enter();
        var x = GradientContext.Make(GradientCheck.Normals(8 * 16, 6, 0), [8, 16], DType.F32, cpu);
        var targets = Tensor.Zeros([8], DType.I32, cpu);
        cpu.Pool.ResetPeak();
        var before = cpu.Pool.LiveBytes;
        Backward();
        var once = weight.Gradient.ToArray<float>();
        Assert.Equal(before + (long)weight.Gradient.Bytes, cpu.Pool.LiveBytes);
        Assert.InRange(cpu.Pool.PeakBytes, 1, before + (long)weight.Gradient.Bytes + 8 * 64 * sizeof(float) + 4096);
        Backward();
        Assert.Equal(Array.ConvertAll(once, v => v + v), weight.Gradient.ToArray<float>());

        void Backward()
        {
            using var inner = Scope.Enter();
            using var tape = Tape.Start();
            tape.Backward(LinearCrossEntropy.Apply(x, weight.Value, targets));
        }
    }

    [Fact]
    public void Without_a_tape_there_are_only_losses()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (x, w, targets) = (Tensor.Zeros([100, 4], DType.F32, cpu), Tensor.Zeros([4096, 4], DType.F32, cpu), Tensor.Zeros([100], DType.I32, cpu));
        cpu.Pool.ResetPeak();
        var before = cpu.Pool.LiveBytes;
        Assert.Equal(100 * Math.Log(4096), LinearCrossEntropy.Apply(x, w, targets, rows: 10).Item(), 1e-3);
        Assert.InRange(cpu.Pool.PeakBytes - before, 0, 10 * 4096 * sizeof(float) + 8192);
    }

    [Fact]
    public void No_rows_cost_nothing()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var w = Tensor.Zeros([3, 2], DType.F32, cpu).Track();
        var loss = LinearCrossEntropy.Apply(Tensor.Zeros([0, 2], DType.F32, cpu), w, Tensor.Zeros([0], DType.I32, cpu));
        Assert.Equal(0, loss.Item());
        tape.Backward(loss);
        Assert.All(w.Gradient!.Value.ToArray<float>(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (x, w, targets) = (Tensor.Zeros([4, 8], DType.F32, cpu), Tensor.Zeros([5, 8], DType.F32, cpu), Tensor.From<int>([0, 1, 2, 5], [4], cpu));
        Assert.Equal("linear_cross_entropy: weight must be [V, K], K the last axis of x; got x [4, 8] f32, weight [5, 7] f32.",
            Assert.Throws<ShapeException>(() => LinearCrossEntropy.Apply(x, Tensor.Zeros([5, 7], DType.F32, cpu), targets)).Message);
        Assert.Equal("linear_cross_entropy: targets must be [..], x [.., K]; got x [4, 8] f32, targets [5] i32.",
            Assert.Throws<ShapeException>(() => LinearCrossEntropy.Apply(x, w, Tensor.Zeros([5], DType.I32, cpu))).Message);
        Assert.Equal("linear_cross_entropy: targets must be i32; got x [4, 8] f32, targets [4] f32.",
            Assert.Throws<DTypeException>(() => LinearCrossEntropy.Apply(x, w, Tensor.Zeros([4], DType.F32, cpu))).Message);
        Assert.Throws<DTypeException>(() => LinearCrossEntropy.Apply(x, Tensor.Zeros([5, 8], DType.F64, cpu), targets));
        Assert.Equal("cross_entropy: targets must lie in [0, 5) or be -1 to be ignored; got 5 at [3] of targets [4] i32.",
            Assert.Throws<IndexException>(() => LinearCrossEntropy.Apply(x, w, targets, rows: 2)).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = GradientContext.Make(GradientCheck.Normals(70 * 33, 8, 0), [70, 33], DType.F32, cpu).Track();
        var w = GradientContext.Make(GradientCheck.Normals(301 * 33, 8, 1), [301, 33], DType.F32, cpu).Track();
        var loss = LinearCrossEntropy.Apply(x, w, Tensor.Zeros([70], DType.I32, cpu), rows: 20);
        tape.Backward(loss);
        return [loss.Item(), .. GradientContext.Read(x.Gradient!.Value), .. GradientContext.Read(w.Gradient!.Value)];
    });
}

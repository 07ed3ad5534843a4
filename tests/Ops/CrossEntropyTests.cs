using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class CrossEntropyTests
{
    [Theory, InlineData(1), InlineData(7), InlineData(50304)]
    public void Uniform_logits_cost_ln_V(int classes)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var logits = Tensor.Empty([2, classes], DType.F32, cpu);
        logits.Span<float>().Fill(-3);
        var losses = CrossEntropy.Apply(logits, Tensor.From<int>([0, classes - 1], [2], cpu));
        Close.To([Math.Log(classes), Math.Log(classes)], losses, 3e-7);
    }

    [Theory, InlineData(DType.F32, 2e-6), InlineData(DType.F64, 1e-14)]
    public void Every_number_of_classes_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<CrossEntropy.IKernels>();
        EveryLength.Run(cpu, dtype, 1, (t, n) =>
        {
            if (n == 0) return;
            var (x, target) = (GradientContext.Read(t[0]), n / 2);
            var lse = Math.Log(x.Sum(Math.Exp));
            var gradient = x.Select((v, i) => -1.5 * (Math.Exp(v - lse) - (i == target ? 1 : 0))).ToArray();
            var (logits, targets) = (t[0].As([1, n]), Tensor.From<int>([target], [1], cpu));
            var (losses, logsumexp) = (Tensor.Empty([1], dtype, cpu), Tensor.Empty([1], dtype, cpu));
            kernels.Forward(logits, targets, losses, logsumexp);
            Close.To([lse - x[target]], losses, tolerance, "loss");
            Close.To([lse], logsumexp, tolerance, "logsumexp");
            var dlosses = GradientContext.Make([-1.5], [1], dtype, cpu);
            var dlogits = t[1].As([1, n]);
            kernels.Backward(dlosses, logits, targets, logsumexp, new(dlogits, 0));
            Close.To(gradient, dlogits, tolerance, "dlogits");
            kernels.Backward(dlosses, logits, targets, logsumexp, new(dlogits, 1));
            Close.To(Array.ConvertAll(gradient, g => 2 * g), dlogits, 2 * tolerance, "dlogits added");
            kernels.Backward(dlosses, logits, targets, logsumexp, new(logits, 0));
            Close.To(gradient, logits, tolerance, "dlogits over the logits");
        });
    }

    [Fact]
    public void Gradient_rows_sum_to_zero_and_are_linear_in_dy()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var one = Gradient(cpu, [1, 1, 1]);
        var scaled = Gradient(cpu, [-2, 0, 0.5]);
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(0, one.Skip(row * 5000).Take(5000).Sum(), 1e-13);
            var dy = row switch { 0 => -2, 1 => 0, _ => 0.5 };
            for (var i = row * 5000; i < (row + 1) * 5000; i++) Assert.Equal(dy * one[i], scaled[i], 1e-15);
        }

        static double[] Gradient(CpuDevice cpu, double[] dy)
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var x = Tensor.From<double>(GradientCheck.Normals(15_000, 6, 0), [3, 5000], cpu).Track();
            var losses = CrossEntropy.Apply(x, Tensor.From<int>([0, 4999, 77], [3], cpu));
            tape.Backward(losses, Tensor.From<double>(dy, [3], cpu));
            return x.Gradient!.Value.ToArray<double>();
        }
    }

    [Fact]
    public void Extreme_logits_neither_overflow_nor_lose_the_loss()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        // The first block of classes is masked out entirely, as a padded vocabulary may be.
        var x = new float[2 * 5000];
        Array.Fill(x, float.NegativeInfinity);
        (x[4000], x[4500], x[5001], x[9999]) = (1e4f, 1e4f, -1e4f, -1e4f);
        var logits = Tensor.From<float>(x, [2, 5000], cpu).Track();
        var losses = CrossEntropy.Apply(logits, Tensor.From<int>([4500, 1], [2], cpu));
        // lse is ±1e4 + ln 2 in f32, whose spacing there is 1e-3.
        Close.To([Math.Log(2), Math.Log(2)], losses, 1e-3);
        tape.Backward(losses, Tensor.From<float>([1, 1], [2], cpu));
        var dx = logits.Gradient!.Value.ToArray<float>();
        Close.To([0.5, -0.5, -0.5, 0.5], [dx[4000], dx[4500], dx[5001], dx[9999]], 1e-3);
        Assert.All(dx, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Ignored_rows_cost_nothing_and_get_no_gradient()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<double>(GradientCheck.Normals(3 * 11, 6, 0), [3, 11], cpu).Track();
        var losses = CrossEntropy.Apply(x, Tensor.From<int>([-1, 4, -1], [3], cpu));
        Assert.Equal([true, false, true], losses.ToArray<double>().Select(v => v == 0));
        tape.Backward(losses, Tensor.From<double>([1, 1, 1], [3], cpu));
        Assert.Equal([true, false, true], x.Gradient!.Value.ToArray<double>().Chunk(11).Select(row => row.All(v => v == 0)));
    }

    [Fact]
    public void The_gradient_takes_the_memory_of_logits_nobody_else_keeps()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.Zeros([8, 4096], DType.F32, cpu).Track();
        var targets = Tensor.Zeros([8], DType.I32, cpu);
        Tensor losses;
        using (var scope = Scope.Enter()) losses = scope.Keep(CrossEntropy.Apply(Scale.Apply(x, 2), targets));
        var dy = Tensor.Zeros([8], DType.F32, cpu);
        cpu.Pool.ResetPeak();
        var before = cpu.Pool.LiveBytes;
        tape.Backward(losses, dy);
        // The gradient of x itself is new; that of the logits is not.
        Assert.True(cpu.Pool.PeakBytes < before + (long)(1.5 * x.Bytes), $"peak {cpu.Pool.PeakBytes}, before {before}, logits {x.Bytes}");
    }

    [Fact]
    public void Logits_that_somebody_keeps_are_left_alone()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<float>([1, 2, 3], [1, 3], cpu).Track();
        var logits = Scale.Apply(x, 2);
        var losses = CrossEntropy.Apply(logits, Tensor.From<int>([0], [1], cpu));
        tape.Backward(losses, Tensor.From<float>([1], [1], cpu));
        Assert.Equal([2f, 4f, 6f], logits.ToArray<float>());
    }

    [Fact]
    public void Logits_that_another_op_saved_are_left_alone()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<double>(GradientCheck.Normals(9, 2, 0), [1, 9], cpu).Track();
        Tensor y;
        using (var scope = Scope.Enter())
        {
            var logits = Scale.Apply(x, 2);
            // Runs backwards after the loss and needs the logits as they were.
            var squares = Sum.Apply(ReluSquared.Apply(logits));
            var loss = Reshape.Apply(CrossEntropy.Apply(logits, Tensor.From<int>([3], [1], cpu)), []);
            y = scope.Keep(Add.Apply(squares, loss));
        }

        tape.Backward(y);
        var v = GradientCheck.Normals(9, 2, 0).Select(e => 2 * e).ToArray();
        var sum = v.Sum(Math.Exp);
        Close.To(v.Select((e, i) => 2 * (2 * Math.Max(e, 0) + Math.Exp(e) / sum - (i == 3 ? 1 : 0))).ToArray(), x.Gradient!.Value, 1e-14);
    }

    [Theory]
    [InlineData(5, "cross_entropy: targets must lie in [0, 5) or be -1 to be ignored; got 5 at [2] of targets [3] i32.")]
    [InlineData(-2, "cross_entropy: targets must lie in [0, 5) or be -1 to be ignored; got -2 at [2] of targets [3] i32.")]
    public void Refuses_targets_beyond_the_classes(int target, string message)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (logits, targets) = (Tensor.Zeros([3, 5], DType.F32, cpu), Tensor.From<int>([0, -1, target], [3], cpu));
        Assert.Equal(message, Assert.Throws<IndexException>(() => CrossEntropy.Apply(logits, targets)).Message);
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var logits = Tensor.Zeros([3, 5], DType.F32, cpu);
        Assert.Equal("cross_entropy: targets must be [..], logits [.., V]; got logits [3, 5] f32, targets [5] i32.",
            Assert.Throws<ShapeException>(() => CrossEntropy.Apply(logits, Tensor.Zeros([5], DType.I32, cpu))).Message);
        Assert.Equal("cross_entropy: targets must be i32; got logits [3, 5] f32, targets [3] f32.",
            Assert.Throws<DTypeException>(() => CrossEntropy.Apply(logits, Tensor.Zeros([3], DType.F32, cpu))).Message);
        Assert.Equal("cross_entropy: cpu has no kernel for this dtype; got logits [3, 5] bf16.",
            Assert.Throws<DTypeException>(() => CrossEntropy.Apply(Tensor.Zeros([3, 5], DType.BF16, cpu), Tensor.Zeros([3], DType.I32, cpu))).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = GradientContext.Make(GradientCheck.Normals(40 * 3001, 8, 0), [40, 3001], DType.F32, cpu).Track();
        var losses = CrossEntropy.Apply(x, Tensor.Zeros([40], DType.I32, cpu));
        tape.Backward(losses, losses.Detach());
        return [.. GradientContext.Read(losses), .. GradientContext.Read(x.Gradient!.Value)];
    });
}

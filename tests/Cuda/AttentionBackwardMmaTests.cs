using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Model;
using SiaEngine.Ops;
using SiaEngine.Tests.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>
/// Gradients of attention on tensor cores. The kernels round to bf16 where the naive computation in bf16 does (probabilities, weights and gradients) and nowhere else,
/// so its error bounds theirs: <see cref="BFloat16Rounding"/>.
/// </summary>
public sealed class AttentionBackwardMmaTests(RecordedDevice sim) : IClassFixture<RecordedDevice>, IDisposable
{
    /// <summary>Batch, length, heads, depth: less than a tile, whole tiles, several blocks, and heads that do not fill the width.</summary>
    public static TheoryData<int, int, int, int> Sizes =>
    [
        (1, 1, 1, 8), (2, 5, 3, 8), (1, 32, 1, 64), (1, 33, 2, 40), (1, 64, 1, 64), (1, 65, 1, 128), (1, 96, 1, 72), (1, 128, 2, 64), (1, 129, 1, 16), (2, 150, 1, 128), (1, 300, 1, 24),
        (1, 261, 1, 104),
    ];

    public static TheoryData<string> Methods => [.. AttentionMethod.All.Select(method => method.Name)];

    public void Dispose()
    {
        Assert.Equal(0, sim.Device.Pool.LiveBytes);
        sim.Driver.Schedule = Schedule.InOrder;
        sim.Runs.Clear();
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Is_as_exact_as_bf16_allows(int batch, int length, int heads, int depth)
    {
        foreach (var scaled in (bool[])[false, true])
        {
            var work = new Work(batch, length, heads, depth, AttentionTests.Slope, AttentionTests.Shift, scaled ? (h, i) => (float)(1 + 0.1 * Math.Sin(h + 3 * i)) : null);
            work.Check(sim);
            Assert.Equal(2, sim.Runs.Count(run => run.Kernel.Contains(scaled ? "_scaled_" : "_plain_", StringComparison.Ordinal)));
        }

        foreach (var run in sim.Runs.Where(run => run.Kernel.Contains("backward_mma", StringComparison.Ordinal)))
        {
            HeaderAgainstCountersTests.Check(KernelHeader.ReadAll(PtxLibrary.Load("attention_backward_mma"))[run.Kernel], run);
            Assert.Equal(KernelCounters.Sum(run.Counters.SharedIdealWavefronts), KernelCounters.Sum(run.Counters.SharedWavefronts));
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Runs_every_method_from_its_tables(string name)
    {
        var method = AttentionMethod.Find(name);
        var setting = new AttentionSetting(2, 24, 140, 140, new());
        var rows = method.RowScale?.Invoke(setting);
        new Work(1, 140, 2, 24, (h, t) => method.Factor(setting, h, t), (h, t) => method.Shift(setting, h, t), rows is null ? null : (h, i) => (float)((0.5 + h) * rows[i % 140])).Check(sim);
    }

    [Fact]
    public void Infinite_shift_hides_distances() => new Work(1, 200, 1, 8, (_, _) => 1, (_, t) => t < 3 ? 0 : double.NegativeInfinity, null).Check(sim);

    // exp of these shifts overflows wherever they are not hidden: in the future, and in rows past the end.
    [Fact]
    public void Large_shifts_of_what_is_hidden_do_no_harm() => new Work(1, 70, 1, 16, (_, _) => 1, (_, t) => 200 + t, null).Check(sim);

    [Theory, InlineData(0, true), InlineData(1, true), InlineData(0, false), InlineData(1, false)]
    public void Gradients_replace_or_join_what_is_there(int beta, bool scaled)
    {
        foreach (var depth in (int[])[40, 128])
            new Work(2, 70, 2, depth, AttentionTests.Slope, AttentionTests.Shift, scaled ? (h, i) => 1.125f - h / 8f : null).Check(sim, beta);
    }

    [Fact]
    public void Computes_only_the_gradients_that_are_wanted()
    {
        var work = new Work(1, 40, 2, 16, AttentionTests.Slope, AttentionTests.Shift, (h, i) => 1 + i / 64f);
        work.Check(sim, wantsRows: false);
        work.Check(sim, wantsQkv: false);
        Assert.Single(sim.Runs, run => run.Kernel.Contains("keys", StringComparison.Ordinal));
    }

    [Fact]
    public void Bits_do_not_depend_on_the_schedule()
    {
        var work = new Work(1, 140, 2, 72, AttentionTests.Slope, AttentionTests.Shift, (h, i) => 1 + h / 8f);
        var inOrder = work.Run(sim);
        foreach (var seed in (int[])[1, 2])
        {
            sim.Driver.Schedule = Schedule.Shuffled(seed);
            Assert.Equal(inOrder.Gradient, work.Run(sim).Gradient);
            Assert.Equal(inOrder.Rows, work.Run(sim).Rows);
        }
    }

    [Theory, InlineData(12), InlineData(136)]
    public void Other_heads_go_to_the_other_kernels(int depth)
    {
        new Work(1, 5, 1, depth, AttentionTests.Slope, AttentionTests.Shift, null).Check(sim);
        Assert.DoesNotContain(sim.Runs, run => run.Kernel.Contains("backward_mma", StringComparison.Ordinal));
    }

    /// <summary>A call in bf16 and what it must give.</summary>
    private sealed class Work(int batch, int length, int heads, int depth, Func<int, int, double> a, Func<int, int, double> m, Func<int, int, float>? rowScale)
    {
        private readonly double[] _qkv = Rounded(batch * length * 3 * heads * depth, 1), _dy = Rounded(batch * length * heads * depth, 3);

        public (double[] Gradient, double[] Rows) Run(RecordedDevice sim, int beta = 0, bool wantsQkv = true, bool wantsRows = true)
        {
            using var scope = Scope.Enter();
            var (qkv, dy) = (Make(_qkv, [batch, length, 3 * heads * depth], DType.BF16), Make(_dy, [batch, length, heads * depth], DType.BF16));
            var (tableA, tableM) = (Table(length, a), Table(length + 3, m));
            Tensor? scales = rowScale is null ? null : Table(length + 5, (h, i) => rowScale(h, i));
            var (y, lse) = (Tensor.Empty(dy.Shape, DType.BF16, sim.Device), Tensor.Empty([batch, heads, length], DType.F32, sim.Device));
            var kernels = sim.Device.Kernels<Attention.IKernels>();
            kernels.Forward(qkv, heads, tableA, tableM, scales, y, lse);
            Tensor? dqkv = wantsQkv ? Filled(qkv.Shape, DType.BF16) : null, dr = wantsRows && scales is { } r ? Filled(r.Shape, DType.F32) : null;
            kernels.Backward(dy, qkv, heads, tableA, tableM, scales, y, lse, dqkv is { } q ? new(q, beta) : null, dr is { } rows ? new(rows, beta) : null);
            return (dqkv is { } g ? GradientContext.Read(g) : [], dr is { } d ? [.. GradientContext.Read(d).Chunk(length + 5).SelectMany(row => row[..length])] : []);

            Tensor Make(double[] values, Shape shape, DType dtype) => GradientContext.Make(values, shape, dtype, sim.Device);
            Tensor Table(int entries, Func<int, int, double> f) =>
                Make([.. Enumerable.Range(0, heads * entries).Select(i => f(i / entries, i % entries))], [heads, entries], DType.F32);
            Tensor Filled(Shape shape, DType dtype) => Make([.. Enumerable.Repeat(beta == 0 ? double.NaN : 3, (int)shape.Count)], shape, dtype);
        }

        public void Check(RecordedDevice sim, int beta = 0, bool wantsQkv = true, bool wantsRows = true)
        {
            var (exact, naive, actual) = (Naive(null), Naive(BFloat16Rounding.Round), Run(sim, beta, wantsQkv, wantsRows));
            if (wantsQkv) BFloat16Rounding.Near(Joined(exact.Gradient), Joined(naive.Gradient), actual.Gradient);
            if (wantsRows && rowScale is not null) BFloat16Rounding.Near(Joined(exact.RowScaleGradient), Joined(naive.RowScaleGradient), actual.Rows);

            double[] Joined(double[] values) => [.. values.Select(v => v + 3 * beta)];
        }

        private NaiveAttention Naive(Func<double, double>? round) => new NaiveAttention(batch, length, heads, depth, _qkv, (h, t) => (float)a(h, t), (h, t) => (float)m(h, t),
            rowScale is null ? null : (h, i) => rowScale(h, i), round).Run(_dy);

        private static double[] Rounded(int count, ulong stream) => [.. GradientCheck.Normals(count, 7, stream).Select(BFloat16Rounding.Round)];
    }
}

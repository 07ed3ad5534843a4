using SiaEngine.Cuda.Simulator;
using SiaEngine.Model;
using SiaEngine.Ops;
using SiaEngine.Tests.Ops;

namespace SiaEngine.Tests.Cuda;

public sealed class AttentionKernelTests(RecordedDevice sim) : IClassFixture<RecordedDevice>, IDisposable
{
    /// <summary>Batch, length, heads, depth: tile boundaries, every width of the kernels and every kind of remainder of the head dimension.</summary>
    public static TheoryData<int, int, int, int> Sizes =>
    [
        (1, 1, 1, 1), (2, 2, 3, 2), (1, 5, 1, 3), (1, 31, 1, 6), (1, 32, 2, 16), (1, 33, 1, 17), (1, 64, 2, 32), (1, 65, 1, 33), (2, 97, 1, 8), (1, 70, 1, 64),
        (1, 40, 1, 100), (1, 64, 1, 128), (1, 45, 1, 200), (1, 33, 1, 256), (1, 200, 1, 12),
    ];

    public static TheoryData<string> Methods => [.. AttentionMethod.All.Select(method => method.Name)];

    public void Dispose()
    {
        Assert.Equal(0, sim.Device.Pool.LiveBytes);
        sim.Driver.Schedule = Schedule.InOrder;
        sim.Runs.Clear();
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Equals_the_naive_formula_in_f32(int batch, int length, int heads, int depth)
    {
        var (expected, actual) = Run(DType.F32, batch, length, heads, depth);
        AttentionTests.Near(expected.Output, actual.Output, 4e-6);
        AttentionTests.Near(expected.Gradient, actual.Gradient, 4e-5);
        AttentionTests.Near(expected.RowScaleGradient, actual.RowScaleGradient, 4e-5);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Is_as_exact_as_bf16_allows(int batch, int length, int heads, int depth)
    {
        var (expected, actual) = Run(DType.BF16, batch, length, heads, depth);
        var rounded = Naive(batch, length, heads, depth, BFloat16Rounding.Round);
        BFloat16Rounding.Near(expected.Output, rounded.Output, actual.Output);
        BFloat16Rounding.Near(expected.Gradient, rounded.Gradient, actual.Gradient);
        BFloat16Rounding.Near(expected.RowScaleGradient, rounded.RowScaleGradient, actual.RowScaleGradient);
    }

    [Fact]
    public void Equals_the_golden_vector_of_the_paper()
    {
        // One query, scores by distance S = 0.25, 2, -1, 0.5; a query of 1 and D = 1 make the scores the keys themselves.
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        float[] keys = [0.5f, -1, 2, 0.25f], values = [4, 3, 2, 1];
        var qkv = Tensor.From<float>([.. Enumerable.Range(0, 4).SelectMany(j => new[] { 1, keys[j], values[j] })], [1, 4, 3], sim.Device).Track();
        var (a, m) = (Table(sim.Device, 1, 4, AttentionTests.Slope), Table(sim.Device, 1, 4, AttentionTests.Shift));
        var y = Attention.Apply(qkv, 1, a, m);
        Assert.Equal(2.113461503, y.ToArray<float>()[3], 1e-6);
        tape.Backward(y, Tensor.From<float>([0, 0, 0, 1], [1, 4, 1], sim.Device));
        var gradient = qkv.Gradient!.Value.ToArray<float>();
        double[] scores = [-0.144052199, -0.091408487, 0.022531072, 0.257501338], weights = [0.129373309, 0.738331394, 0.021755782, 0.110539515];
        for (var t = 0; t < 4; t++)
        {
            Assert.Equal(scores[t], gradient[(3 - t) * 3 + 1], 1e-6);
            Assert.Equal(weights[t], gradient[(3 - t) * 3 + 2], 1e-6);
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Runs_every_method_from_its_tables(string name)
    {
        const int Length = 50, Heads = 2, Depth = 8;
        var method = AttentionMethod.Find(name);
        var setting = new AttentionSetting(Heads, Depth, Length, Length, new());
        var rows = method.RowScale?.Invoke(setting);
        double A(int head, int t) => method.Factor(setting, head, t);
        double M(int head, int t) => method.Shift(setting, head, t);
        var values = GradientCheck.Normals(Length * 3 * Heads * Depth, 4, 0);
        var upstream = GradientCheck.Normals(Length * Heads * Depth, 4, 1);
        var expected = new NaiveAttention(1, Length, Heads, Depth, [.. values.Select(v => (double)(float)v)], A, M, rows is null ? null : (h, i) => (0.5 + h) * rows[i])
            .Run([.. upstream.Select(v => (double)(float)v)]);

        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var qkv = GradientContext.Make(values, [1, Length, 3 * Heads * Depth], DType.F32, sim.Device).Track();
        Tensor? r = rows is null ? null : Table(sim.Device, Heads, Length, (h, i) => (0.5 + h) * rows[i]);
        var y = Attention.Apply(qkv, Heads, Table(sim.Device, method.PerHead ? Heads : 1, Length, A), Table(sim.Device, method.PerHead ? Heads : 1, Length, M), r);
        tape.Backward(y, GradientContext.Make(upstream, [1, Length, Heads * Depth], DType.F32, sim.Device));
        AttentionTests.Near(expected.Output, GradientContext.Read(y), 4e-6);
        AttentionTests.Near(expected.Gradient, GradientContext.Read(qkv.Gradient!.Value), 4e-5);
    }

    [Fact]
    public void Infinite_shift_hides_distances()
    {
        // A window of three keys, written as a table: whole tiles are hidden.
        const int Length = 100;
        var values = GradientCheck.Normals(Length * 3 * 4, 11, 0);
        var upstream = GradientCheck.Normals(Length * 4, 12, 0);
        static double M(int head, int t) => t < 3 ? 0 : double.NegativeInfinity;
        var expected = new NaiveAttention(1, Length, 1, 4, [.. values.Select(v => (double)(float)v)], (_, _) => 1, M).Run([.. upstream.Select(v => (double)(float)v)]);
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var qkv = GradientContext.Make(values, [1, Length, 12], DType.F32, sim.Device).Track();
        var y = Attention.Apply(qkv, 1, Table(sim.Device, 1, Length, (_, _) => 1), Table(sim.Device, 1, Length, M));
        tape.Backward(y, GradientContext.Make(upstream, y.Shape, DType.F32, sim.Device));
        AttentionTests.Near(expected.Output, GradientContext.Read(y), 4e-6);
        AttentionTests.Near(expected.Gradient, GradientContext.Read(qkv.Gradient!.Value), 4e-5);
    }

    [Fact]
    public void Large_logits_neither_overflow_nor_vanish()
    {
        const int Length = 70;
        var values = GradientCheck.Normals(Length * 3 * 8, 9, 0);
        for (var i = 0; i < values.Length; i++) values[i] = (float)(30 * values[i]);
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var qkv = GradientContext.Make(values, [1, Length, 24], DType.F32, sim.Device).Track();
        var y = Attention.Apply(qkv, 1, Table(sim.Device, 1, Length, AttentionTests.Slope), Table(sim.Device, 1, Length, AttentionTests.Shift));
        AttentionTests.Near(new NaiveAttention(1, Length, 1, 8, values, AttentionTests.Slope, AttentionTests.Shift).Run().Output, GradientContext.Read(y), 3e-4);
        tape.Backward(y, y.Detach());
        Assert.All(qkv.Gradient!.Value.ToArray<float>(), v => Assert.True(float.IsFinite(v)));
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public void Later_tokens_do_not_touch_earlier_outputs(DType dtype)
    {
        const int Length = 75, Kept = 50;
        using var scope = Scope.Enter();
        var values = GradientCheck.Normals(Length * 3 * 24, 5, 0);
        var (a, m) = (Table(sim.Device, 1, Length, AttentionTests.Slope), Table(sim.Device, 1, Length, AttentionTests.Shift));
        var before = GradientContext.Read(Attention.Apply(GradientContext.Make(values, [1, Length, 72], dtype, sim.Device), 2, a, m));
        for (var i = Kept * 72; i < values.Length; i++) values[i] = 3 - values[i];
        var after = GradientContext.Read(Attention.Apply(GradientContext.Make(values, [1, Length, 72], dtype, sim.Device), 2, a, m));
        Assert.Equal(before[..(Kept * 24)], after[..(Kept * 24)]);
        Assert.NotEqual(before[(Kept * 24)..], after[(Kept * 24)..]);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void Gradients_replace_or_join_what_is_there(int beta)
    {
        const int Batch = 2, Length = 40, Heads = 2, Depth = 6, Entries = 47;
        using var scope = Scope.Enter();
        var inputs = new Inputs(sim.Device, DType.F32, Batch, Length, Heads, Depth, Entries);
        var expected = Naive(Batch, Length, Heads, Depth);
        var kernels = sim.Device.Kernels<Attention.IKernels>();
        var y = Tensor.Empty([Batch, Length, Heads * Depth], DType.F32, sim.Device);
        var lse = Tensor.Empty([Batch, Heads, Length], DType.F32, sim.Device);
        kernels.Forward(inputs.Qkv, Heads, inputs.A, inputs.M, inputs.R, y, lse);
        AttentionTests.Near(expected.Logsumexp, GradientContext.Read(lse), 4e-6);

        // With beta 0 the gradients hold NaN before, with beta 1 the number 3.
        var (dqkv, dr) = (Filled(inputs.Qkv.Shape), Filled(inputs.R.Shape));
        kernels.Backward(inputs.Dy, inputs.Qkv, Heads, inputs.A, inputs.M, inputs.R, y, lse, new(dqkv, beta), new(dr, beta));
        AttentionTests.Near([.. expected.Gradient.Select(g => g + 3 * beta)], GradientContext.Read(dqkv), 4e-5);
        var rows = GradientContext.Read(dr);
        for (var h = 0; h < Heads; h++)
        {
            AttentionTests.Near([.. expected.RowScaleGradient[(h * Length)..((h + 1) * Length)].Select(g => g + 3 * beta)],
                rows[(h * Entries)..(h * Entries + Length)], 4e-5);
            Assert.All(rows[(h * Entries + Length)..((h + 1) * Entries)], r => Assert.Equal(3.0 * beta, r));
        }

        Tensor Filled(Shape shape) => Tensor.From<float>([.. Enumerable.Repeat(beta == 0 ? float.NaN : 3, (int)shape.Count)], shape, sim.Device);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Computes_only_the_gradients_that_are_wanted(bool rowScale)
    {
        using var scope = Scope.Enter();
        var inputs = new Inputs(sim.Device, DType.F32, 1, 33, 2, 4, 33);
        var expected = Naive(1, 33, 2, 4);
        var kernels = sim.Device.Kernels<Attention.IKernels>();
        var (y, lse) = (Tensor.Empty([1, 33, 8], DType.F32, sim.Device), Tensor.Empty([1, 2, 33], DType.F32, sim.Device));
        kernels.Forward(inputs.Qkv, 2, inputs.A, inputs.M, inputs.R, y, lse);
        var gradient = Tensor.Like(rowScale ? inputs.R : inputs.Qkv);
        kernels.Backward(inputs.Dy, inputs.Qkv, 2, inputs.A, inputs.M, inputs.R, y, lse, rowScale ? null : new(gradient, 0), rowScale ? new(gradient, 0) : null);
        AttentionTests.Near(rowScale ? expected.RowScaleGradient : expected.Gradient, GradientContext.Read(gradient), 4e-5);
        Assert.Equal(!rowScale, sim.Runs.Any(run => run.Kernel.Contains("keys", StringComparison.Ordinal)));
    }

    [Fact]
    public void Bits_do_not_depend_on_the_schedule()
    {
        var inOrder = Bits(Schedule.InOrder);
        Assert.Equal(inOrder, Bits(Schedule.Shuffled(1)));
        Assert.Equal(inOrder, Bits(Schedule.Shuffled(2)));

        double[] Bits(Schedule schedule)
        {
            var (_, actual) = Run(DType.F32, 2, 70, 2, 10, schedule);
            return [.. actual.Output, .. actual.Gradient, .. actual.RowScaleGradient];
        }
    }

    [Fact]
    public void Refuses_heads_wider_than_its_kernels()
    {
        using var scope = Scope.Enter();
        var qkv = Tensor.Zeros([1, 2, 3 * 260], DType.F32, sim.Device);
        var table = Table(sim.Device, 1, 2, (_, _) => 1);
        var error = Assert.Throws<ShapeException>(() => Attention.Apply(qkv, 1, table, table));
        Assert.Equal("attention: the kernels of sim take heads of up to 256, these are 260 wide; got qkv [1, 2, 780] f32.", error.Message);
    }

    /// <summary>The naive result and the device's, of inputs rounded to the dtype.</summary>
    private (NaiveAttention Expected, (double[] Output, double[] Gradient, double[] RowScaleGradient) Actual) Run(DType dtype, int batch, int length,
        int heads, int depth, Schedule schedule = default)
    {
        sim.Driver.Schedule = schedule;
        (double[], double[], double[]) actual;
        using (Scope.Enter())
        {
            using var tape = Tape.Start();
            var inputs = new Inputs(sim.Device, dtype, batch, length, heads, depth, length);
            var (qkv, r) = (inputs.Qkv.Track(), inputs.R.Track());
            var y = Attention.Apply(qkv, heads, inputs.A, inputs.M, r);
            var output = GradientContext.Read(y);
            tape.Backward(y, inputs.Dy);
            actual = (output, GradientContext.Read(qkv.Gradient!.Value), GradientContext.Read(r.Gradient!.Value));
        }

        return (Naive(batch, length, heads, depth, dtype: dtype), actual);
    }

    private static NaiveAttention Naive(int batch, int length, int heads, int depth, Func<double, double>? round = null, DType dtype = DType.F32)
    {
        var bf16 = round is not null || dtype == DType.BF16;
        double[] Rounded(double[] values) => [.. values.Select(v => bf16 ? BFloat16Rounding.Round(v) : (float)v)];
        var scales = RowScales(heads, length);
        return new NaiveAttention(batch, length, heads, depth, Rounded(Qkv(batch, length, heads, depth)), AttentionTests.Slope, AttentionTests.Shift,
            (h, i) => (float)scales[h * length + i], round).Run(Rounded(Upstream(batch, length, heads, depth)));
    }

    private static double[] Qkv(int batch, int length, int heads, int depth) => GradientCheck.Normals(batch * length * 3 * heads * depth, 1, 0);

    private static double[] Upstream(int batch, int length, int heads, int depth) => GradientCheck.Normals(batch * length * heads * depth, 3, 0);

    private static double[] RowScales(int heads, int length) => [.. GradientCheck.Normals(heads * length, 2, 0).Select(x => 1 + 0.1 * x)];

    private static Tensor Table(Device device, int heads, int length, Func<int, int, double> value) =>
        GradientContext.Make([.. Enumerable.Range(0, heads * length).Select(i => value(i / length, i % length))], [heads, length], DType.F32, device);

    /// <summary>What the kernels read; the row scale has <paramref name="entries"/> per head, and a table per head if there are several.</summary>
    private sealed class Inputs(Device device, DType dtype, int batch, int length, int heads, int depth, int entries)
    {
        public Tensor Qkv { get; } = GradientContext.Make(AttentionKernelTests.Qkv(batch, length, heads, depth), [batch, length, 3 * heads * depth], dtype, device);

        public Tensor Dy { get; } = GradientContext.Make(Upstream(batch, length, heads, depth), [batch, length, heads * depth], dtype, device);

        public Tensor A { get; } = Table(device, heads, length, AttentionTests.Slope);

        public Tensor M { get; } = Table(device, heads, length + 3, AttentionTests.Shift);

        public Tensor R { get; } = Table(device, heads, entries, (h, i) => i < length ? RowScales(heads, length)[h * length + i] : 1);
    }
}

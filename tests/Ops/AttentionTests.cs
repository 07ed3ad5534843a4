using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class AttentionTests
{
    private const double Tau = 10;

    /// <summary>Batch, length, heads, depth: tile boundaries and every kind of remainder of the head dimension.</summary>
    public static TheoryData<int, int, int, int> Sizes =>
    [
        (1, 1, 1, 1), (2, 2, 3, 2), (1, 5, 1, 3), (1, 63, 2, 16), (1, 64, 2, 17), (1, 65, 1, 33), (2, 127, 1, 8), (1, 128, 3, 64), (1, 129, 1, 100),
        (1, 257, 2, 24), (3, 200, 1, 128), (1, 700, 1, 12),
    ];

    public static TheoryData<int> HeadDims => [.. Enumerable.Range(1, 80)];

    [Fact]
    public void Equals_the_golden_vector_of_the_paper()
    {
        // One query, scores by distance S = 0.25, 2, -1, 0.5; a query of 1 and D = 1 make the scores the keys themselves.
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        double[] keys = [0.5, -1, 2, 0.25], values = [4, 3, 2, 1];
        var qkv = Tensor.From<double>([.. Enumerable.Range(0, 4).SelectMany(j => new[] { 1, keys[j], values[j] })], [1, 4, 3], cpu).Track();
        var (a, m) = Tables(cpu, DType.F64, 1, 4);
        var y = Attention.Apply(qkv, 1, a, m);
        Assert.Equal(2.113461503, y.ToArray<double>()[3], 9);
        tape.Backward(y, Tensor.From<double>([0, 0, 0, 1], [1, 4, 1], cpu));
        var gradient = qkv.Gradient!.Value.ToArray<double>();
        double[] scores = [-0.144052199, -0.091408487, 0.022531072, 0.257501338], weights = [0.129373309, 0.738331394, 0.021755782, 0.110539515];
        for (var t = 0; t < 4; t++)
        {
            Assert.Equal(scores[t], gradient[(3 - t) * 3 + 1], 9);
            Assert.Equal(weights[t], gradient[(3 - t) * 3 + 2], 9);
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Equals_the_naive_formula_in_f64(int batch, int length, int heads, int depth) => Compare<double>(batch, length, heads, depth, 1e-12, 1e-11);

    [Theory, MemberData(nameof(Sizes))]
    public void Equals_the_naive_formula_in_f32(int batch, int length, int heads, int depth) => Compare<float>(batch, length, heads, depth, 4e-6, 4e-5);

    [Theory, MemberData(nameof(HeadDims))]
    public void Handles_every_head_dimension(int depth)
    {
        Compare<float>(1, 67, 1, depth, 4e-6, 4e-5);
        Compare<double>(1, 6, 2, depth, 1e-12, 1e-11);
    }

    [Fact]
    public void Weights_of_a_row_sum_to_one()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var values = GradientCheck.Normals(150 * 3 * 20, 3, 0);
        for (var i = 0; i < values.Length; i++)
            if (i % 60 >= 40) values[i] = 1;
        var (a, m) = Tables(cpu, DType.F32, 1, 150);
        var y = Attention.Apply(GradientContext.Make(values, [1, 150, 60], DType.F32, cpu), 2, a, m).ToArray<float>();
        Assert.All(y, v => Assert.Equal(1, v, 5e-7f));
    }

    [Fact]
    public void Later_tokens_do_not_touch_earlier_outputs()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var values = GradientCheck.Normals(140 * 3 * 24, 5, 0);
        var (a, m) = Tables(cpu, DType.F32, 1, 140);
        var before = Attention.Apply(GradientContext.Make(values, [1, 140, 72], DType.F32, cpu), 2, a, m).ToArray<float>();
        for (var i = 100 * 72; i < values.Length; i++) values[i] = -values[i] + 3;
        var after = Attention.Apply(GradientContext.Make(values, [1, 140, 72], DType.F32, cpu), 2, a, m).ToArray<float>();
        Assert.Equal(before[..(100 * 24)], after[..(100 * 24)]);
        Assert.NotEqual(before[(100 * 24)..], after[(100 * 24)..]);
    }

    [Fact]
    public void Large_logits_neither_overflow_nor_vanish()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var values = GradientCheck.Normals(130 * 3 * 8, 9, 0);
        for (var i = 0; i < values.Length; i++) values[i] *= 30;
        var (a, m) = Tables(cpu, DType.F32, 1, 130);
        var qkv = GradientContext.Make(values, [1, 130, 24], DType.F32, cpu).Track();
        var y = Attention.Apply(qkv, 1, a, m);
        var expected = new NaiveAttention(1, 130, 1, 8, values, Slope, Shift).Run();
        Near(expected.Output, GradientContext.Read(y), 3e-4);
        tape.Backward(y, y.Detach());
        Assert.All(qkv.Gradient!.Value.ToArray<float>(), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Infinite_shift_hides_distances()
    {
        // A window of three keys, written as a table.
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        const int Length = 200;
        var values = GradientCheck.Normals(Length * 3 * 4, 11, 0);
        var m = Enumerable.Range(0, Length).Select(t => t < 3 ? 0 : double.NegativeInfinity).ToArray();
        var one = Tensor.From<double>([.. Enumerable.Repeat(1.0, Length)], [1, Length], cpu);
        var qkv = Tensor.From<double>(values, [1, Length, 12], cpu).Track();
        var y = Attention.Apply(qkv, 1, one, Tensor.From<double>(m, [1, Length], cpu));
        var dy = GradientCheck.Normals(Length * 4, 12, 0);
        tape.Backward(y, Tensor.From<double>(dy, y.Shape, cpu));
        var expected = new NaiveAttention(1, Length, 1, 4, values, (_, _) => 1, (_, t) => m[t]).Run(dy);
        Near(expected.Output, y.ToArray<double>(), 1e-12);
        Near(expected.Gradient, qkv.Gradient!.Value.ToArray<double>(), 1e-11);
    }

    [Theory, InlineData(1, 300, 1), InlineData(1, 600, 3), InlineData(3, 130, 2)]
    public void Bits_do_not_depend_on_the_number_of_threads(int batch, int length, int heads)
    {
        var before = RowParallel.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (var threads in (int[])[1, 2, 5])
            {
                RowParallel.Threads = threads;
                results.Add(Gradients(batch, length, heads));
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            RowParallel.Threads = before;
        }

        static float[] Gradients(int batch, int length, int heads)
        {
            using var cpu = new CpuDevice();
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var qkv = GradientContext.Make(GradientCheck.Normals(batch * length * heads * 3 * 20, 21, 0), [batch, length, heads * 60], DType.F32, cpu).Track();
            var r = GradientContext.Make(GradientCheck.Normals(heads * length, 22, 0), [heads, length], DType.F32, cpu).Track();
            var (a, m) = Tables(cpu, DType.F32, 1, length);
            var y = Attention.Apply(qkv, heads, a, m, r);
            var output = y.ToArray<float>();
            tape.Backward(y, y.Detach());
            return [.. output, .. qkv.Gradient!.Value.ToArray<float>(), .. r.Gradient!.Value.ToArray<float>()];
        }
    }

    [Fact]
    public void Memory_is_linear_in_length_and_nothing_is_left_or_allocated()
    {
        using var cpu = new CpuDevice();
        const int Length = 8192, Depth = 8, Heads = 2;
        for (var i = 0; i < 3; i++) Step(cpu);
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        cpu.Pool.ResetPeak();
        Step(cpu);
        Assert.Equal(bytes, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, cpu.Pool.LiveBytes);
        // qkv, its gradient, y, dy: 8 C per token; shares of dk and dv of 16 lanes: at most 2 · 16 each for 16 tasks; tiles of up to 16 workers apart.
        var linear = sizeof(float) * (long)Length * (8 * Heads * Depth + 16 * 2 * 16 + 2 * Heads + 4);
        Assert.InRange(cpu.Pool.PeakBytes, 1, (long)(1.125 * linear) + RowParallel.Threads * (1 << 18));

        static void Step(CpuDevice cpu)
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var qkv = Tensor.Zeros([1, Length, 3 * Heads * Depth], DType.F32, cpu).Track();
            var a = Tensor.Zeros([1, Length], DType.F32, cpu);
            var y = Attention.Apply(qkv, Heads, a, a);
            tape.Backward(y, y.Detach());
        }
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var qkv = Tensor.Zeros([2, 8, 24], DType.F32, cpu);
        var (a, m) = Tables(cpu, DType.F32, 1, 8);
        var error = Assert.Throws<ShapeException>(() => Attention.Apply(qkv, 3, a, m));
        Assert.Equal("attention: C must be a multiple of the number of heads; got qkv [2, 8, 24] f32.", error.Message);
        error = Assert.Throws<ShapeException>(() => Attention.Apply(qkv, 2, Tensor.Zeros([1, 7], DType.F32, cpu), m));
        Assert.Equal("attention: a must be [1 or 2, at least 8]; got qkv [2, 8, 24] f32, a [1, 7] f32.", error.Message);
        error = Assert.Throws<ShapeException>(() => Attention.Apply(qkv, 2, a, m, Tensor.Zeros([1, 8], DType.F32, cpu)));
        Assert.Equal("attention: rowScale must be [2, at least 8]; got qkv [2, 8, 24] f32, rowScale [1, 8] f32.", error.Message);
        Assert.Throws<DTypeException>(() => Attention.Apply(qkv, 2, a, Tensor.Zeros([1, 8], DType.F64, cpu)));
    }

    internal static double Slope(int head, int t) => Math.Sqrt(2 * Math.Log(1 + t / (Tau + 3 * head)) + 1);

    internal static double Shift(int head, int t) => -2 * Math.Log(1 + t / (Tau + 3 * head));

    internal static (Tensor A, Tensor M) Tables(CpuDevice cpu, DType dtype, int heads, int length)
    {
        var (a, m) = (new double[heads * length], new double[heads * length]);
        for (var i = 0; i < a.Length; i++) (a[i], m[i]) = (Slope(i / length, i % length), Shift(i / length, i % length));
        return (GradientContext.Make(a, [heads, length], dtype, cpu), GradientContext.Make(m, [heads, length], dtype, cpu));
    }

    /// <summary>Largest |actual − expected| / (1 + |expected|) must not exceed the bound.</summary>
    internal static void Near(double[] expected, double[] actual, double bound)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var error = Math.Abs(actual[i] - expected[i]) / (1 + Math.Abs(expected[i]));
            Assert.True(error <= bound, $"element {i}: {actual[i]:G9}, expected {expected[i]:G9}, error {error:E2} above {bound:E1}");
        }
    }

    private static void Compare<T>(int batch, int length, int heads, int depth, double forward, double backward) where T : unmanaged
    {
        var dtype = DType.Of<T>();
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using (Scope.Enter())
        {
            using var tape = Tape.Start();
            var qkv = GradientContext.Make(GradientCheck.Normals(batch * length * 3 * heads * depth, 1, 0), [batch, length, 3 * heads * depth], dtype, cpu).Track();
            var r = GradientContext.Make([.. GradientCheck.Normals(heads * length, 2, 0).Select(x => 1 + 0.1 * x)], [heads, length], dtype, cpu).Track();
            var dy = GradientContext.Make(GradientCheck.Normals(batch * length * heads * depth, 3, 0), [batch, length, heads * depth], dtype, cpu);
            var scales = GradientContext.Read(r);
            var expected = new NaiveAttention(batch, length, heads, depth, GradientContext.Read(qkv), Slope, Shift, (h, i) => scales[h * length + i])
                .Run(GradientContext.Read(dy));
            var (a, m) = Tables(cpu, dtype, heads, length);
            var y = Attention.Apply(qkv, heads, a, m, r);
            Near(expected.Output, GradientContext.Read(y), forward);
            tape.Backward(y, dy);
            Near(expected.Gradient, GradientContext.Read(qkv.Gradient!.Value), backward);
            Near(expected.RowScaleGradient, GradientContext.Read(r.Gradient!.Value), backward);
        }

        Assert.Equal(0, cpu.Pool.LiveBytes);
    }
}

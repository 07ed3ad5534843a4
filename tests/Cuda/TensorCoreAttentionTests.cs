using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;
using SiaEngine.Tests.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Attention in bf16 on tensor cores, on the simulator or the GPU: at lengths around their tiles, as exact as the naive formula in bf16.</summary>
public sealed class TensorCoreAttentionTests : IDisposable
{
    private readonly CudaDevice _device = Devices.Open();
    private readonly List<string> _launched = [];

    public TensorCoreAttentionTests()
    {
        if (_device.Driver is not SimulatedDriver driver) return;
        driver.Launched = run => _launched.Add(run.Kernel);
        _device.Pool.Poison = true;
    }

    /// <summary>Batch, length, heads, depth: tiles of 64 and 128 rows and their neighbours, both widths, heads that fill them and heads that do not.</summary>
    public static TheoryData<int, int, int, int> Sizes =>
    [
        (1, 1, 1, 8), (1, 15, 2, 64), (1, 63, 1, 64), (1, 64, 1, 128), (1, 65, 2, 40), (2, 127, 2, 72), (1, 128, 1, 64), (1, 129, 1, 120), (2, 150, 1, 24),
        (1, 193, 2, 64), (1, 257, 1, 128), (1, 300, 1, 8),
    ];

    /// <summary>Tables that hide keys: a window of three keys, so that whole tiles are hidden, and the slopes of ALiBi per head.</summary>
    public static TheoryData<string, int> Hiding => [("window", 64), ("window", 96), ("alibi", 64)];

    public void Dispose()
    {
        Assert.Equal(0, _device.Pool.LiveBytes);
        _device.Dispose();
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Is_as_exact_as_bf16_allows(int batch, int length, int heads, int depth)
    {
        var (values, upstream) = (Rounded(batch * length * 3 * heads * depth, 1), Rounded(batch * length * heads * depth, 2));
        var rows = GradientCheck.Normals(heads * length, 3, 0).Select(x => (double)(float)(1 + 0.1 * x)).ToArray();
        NaiveAttention Naive(Func<double, double>? round) =>
            new NaiveAttention(batch, length, heads, depth, values, AttentionTests.Slope, AttentionTests.Shift, (h, i) => rows[h * length + i], round).Run(upstream);
        var (expected, rounded) = (Naive(null), Naive(BFloat16Rounding.Round));

        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var qkv = GradientContext.Make(values, [batch, length, 3 * heads * depth], DType.BF16, _device).Track();
        var r = GradientContext.Make(rows, [heads, length], DType.F32, _device).Track();
        var y = Attention.Apply(qkv, heads, Table(heads, length, AttentionTests.Slope), Table(heads, length + 3, AttentionTests.Shift), r);
        tape.Backward(y, GradientContext.Make(upstream, y.Shape, DType.BF16, _device));
        BFloat16Rounding.Near(expected.Output, rounded.Output, GradientContext.Read(y));
        BFloat16Rounding.Near(expected.Gradient, rounded.Gradient, GradientContext.Read(qkv.Gradient!.Value));
        BFloat16Rounding.Near(expected.RowScaleGradient, rounded.RowScaleGradient, GradientContext.Read(r.Gradient!.Value));
        if (_device.Driver is SimulatedDriver) Assert.Contains($"attention_forward_mma_d{(depth <= 64 ? 64 : 128)}_bf16", _launched);
    }

    [Theory, MemberData(nameof(Hiding))]
    public void Hidden_keys_weigh_nothing(string tables, int depth)
    {
        const int Length = 200, Heads = 2;
        var (values, upstream) = (Rounded(Length * 3 * Heads * depth, 4), Rounded(Length * Heads * depth, 5));
        double M(int head, int t) => tables == "alibi" ? -t * Math.ScaleB(1, -3 * (head + 1)) : t < 3 ? 0 : double.NegativeInfinity;
        NaiveAttention Naive(Func<double, double>? round) => new NaiveAttention(1, Length, Heads, depth, values, (_, _) => 1, M, null, round).Run(upstream);
        var (expected, rounded) = (Naive(null), Naive(BFloat16Rounding.Round));
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var qkv = GradientContext.Make(values, [1, Length, 3 * Heads * depth], DType.BF16, _device).Track();
        var y = Attention.Apply(qkv, Heads, Table(1, Length, (_, _) => 1), Table(Heads, Length, M));
        tape.Backward(y, GradientContext.Make(upstream, y.Shape, DType.BF16, _device));
        BFloat16Rounding.Near(expected.Output, rounded.Output, GradientContext.Read(y));
        BFloat16Rounding.Near(expected.Gradient, rounded.Gradient, GradientContext.Read(qkv.Gradient!.Value));
    }

    /// <summary>The logsumexp is not rounded to bf16; logits are sums of exact products, and the exponential's error is 2⁻²².</summary>
    [Theory, InlineData(64), InlineData(80)]
    public void Logsumexp_is_exact_to_f32(int depth)
    {
        const int Length = 150, Heads = 2;
        var values = Rounded(Length * 3 * Heads * depth, 6);
        var expected = new NaiveAttention(1, Length, Heads, depth, values, AttentionTests.Slope, AttentionTests.Shift).Run();
        AttentionTests.Near(expected.Logsumexp, Forward(values, Length, Heads, depth).Logsumexp, 4e-6);
    }

    /// <summary>Maxima that rise from tile to tile by far more than a weight may be, and logits of some thousand.</summary>
    [Fact]
    public void Rising_maxima_neither_overflow_nor_vanish()
    {
        const int Length = 260, Depth = 64;
        var values = Rounded(Length * 3 * Depth, 7);
        for (var i = 0; i < values.Length; i++)
            if (i / Depth % 3 < 2) values[i] = BFloat16Rounding.Round(values[i] * (1 + i / (3 * Depth) / 20.0));
        NaiveAttention Naive(Func<double, double>? round) => new NaiveAttention(1, Length, 1, Depth, values, AttentionTests.Slope, AttentionTests.Shift, null, round).Run();
        var y = Forward(values, Length, 1, Depth).Output;
        BFloat16Rounding.Near(Naive(null).Output, Naive(BFloat16Rounding.Round).Output, y);
    }

    [Theory, InlineData(64), InlineData(128)]
    public void Later_tokens_do_not_touch_earlier_outputs(int depth)
    {
        const int Length = 190, Kept = 90;
        var values = Rounded(Length * 3 * depth, 8);
        var before = Forward(values, Length, 1, depth).Output;
        for (var i = Kept * 3 * depth; i < values.Length; i++) values[i] = BFloat16Rounding.Round(7 - 3 * values[i]);
        var after = Forward(values, Length, 1, depth).Output;
        Assert.Equal(before[..(Kept * depth)], after[..(Kept * depth)]);
        Assert.NotEqual(before[(Kept * depth)..], after[(Kept * depth)..]);
    }

    [Theory, InlineData(64), InlineData(128)]
    public void Bits_do_not_depend_on_the_schedule(int depth)
    {
        const int Length = 200, Heads = 2;
        var values = Rounded(Length * 3 * Heads * depth, 9);
        var first = Forward(values, Length, Heads, depth);
        for (var seed = 1; seed < 3; seed++)
        {
            if (_device.Driver is SimulatedDriver driver) driver.Schedule = Schedule.Shuffled(seed);
            var again = Forward(values, Length, Heads, depth);
            Assert.Equal(first.Output, again.Output);
            Assert.Equal(first.Logsumexp, again.Logsumexp);
        }
    }

    /// <summary>Tensor cores want chunks of 16 bytes; what has none is computed all the same.</summary>
    [Theory, InlineData(60), InlineData(136)]
    public void Other_heads_are_computed_without_tensor_cores(int depth)
    {
        var values = Rounded(70 * 3 * depth, 10);
        NaiveAttention Naive(Func<double, double>? round) => new NaiveAttention(1, 70, 1, depth, values, AttentionTests.Slope, AttentionTests.Shift, null, round).Run();
        var y = Forward(values, 70, 1, depth).Output;
        BFloat16Rounding.Near(Naive(null).Output, Naive(BFloat16Rounding.Round).Output, y);
        Assert.DoesNotContain(_launched, kernel => kernel.Contains("mma", StringComparison.Ordinal));
    }

    [Fact]
    public void A_view_that_starts_inside_a_chunk_is_computed_without_tensor_cores()
    {
        const int Length = 70, Depth = 64;
        using var scope = Scope.Enter();
        var values = Rounded(4 + Length * 3 * Depth, 11);
        var qkv = GradientContext.Make(values, [values.Length], DType.BF16, _device).Rows(4, Length * 3 * Depth).As([1, Length, 3 * Depth]);
        var y = Attention.Apply(qkv, 1, Table(1, Length, AttentionTests.Slope), Table(1, Length, AttentionTests.Shift));
        NaiveAttention Naive(Func<double, double>? round) => new NaiveAttention(1, Length, 1, Depth, values[4..], AttentionTests.Slope, AttentionTests.Shift, null, round).Run();
        BFloat16Rounding.Near(Naive(null).Output, Naive(BFloat16Rounding.Round).Output, GradientContext.Read(y));
        Assert.DoesNotContain(_launched, kernel => kernel.Contains("mma", StringComparison.Ordinal));
    }

    private (double[] Output, double[] Logsumexp) Forward(double[] values, int length, int heads, int depth)
    {
        using var scope = Scope.Enter();
        var qkv = GradientContext.Make(values, [1, length, 3 * heads * depth], DType.BF16, _device);
        var (y, logsumexp) = (Tensor.Empty([1, length, heads * depth], DType.BF16, _device), Tensor.Empty([1, heads, length], DType.F32, _device));
        _device.Kernels<Attention.IKernels>().Forward(qkv, heads, Table(heads, length, AttentionTests.Slope), Table(heads, length, AttentionTests.Shift), null, y, logsumexp);
        return (GradientContext.Read(y), GradientContext.Read(logsumexp));
    }

    private Tensor Table(int heads, int length, Func<int, int, double> value) =>
        GradientContext.Make([.. Enumerable.Range(0, heads * length).Select(i => value(i / length, i % length))], [heads, length], DType.F32, _device);

    private static double[] Rounded(int count, ulong stream) => [.. GradientCheck.Normals(count, 31, stream).Select(BFloat16Rounding.Round)];
}

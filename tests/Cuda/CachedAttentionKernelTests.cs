using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;
using SiaEngine.Tests.Ops;

namespace SiaEngine.Tests.Cuda;

public sealed class CachedAttentionKernelTests(RecordedDevice sim) : IClassFixture<RecordedDevice>
{
    private const int Batch = 2, Length = 41, Capacity = 45;

    /// <summary>Rows at a time, heads, head dimension: one token, fewer and more rows than warps, all at once; every width of the kernels.</summary>
    public static TheoryData<int, int, int> Cases => [(1, 2, 6), (7, 3, 16), (9, 1, 33), (41, 2, 64), (20, 1, 100), (41, 1, 130)];

    [Theory, MemberData(nameof(Cases))]
    public void Equals_the_naive_formula_in_f32(int chunk, int heads, int depth) =>
        AttentionTests.Near(Naive(DType.F32, heads, depth).Output, Run(DType.F32, chunk, heads, depth), 4e-6);

    [Theory, MemberData(nameof(Cases))]
    public void Is_as_exact_as_bf16_allows(int chunk, int heads, int depth) => BFloat16Rounding.Near(Naive(DType.BF16, heads, depth).Output,
        Naive(DType.BF16, heads, depth, BFloat16Rounding.Round).Output, Run(DType.BF16, chunk, heads, depth));

    [Fact]
    public void Bits_do_not_depend_on_the_schedule()
    {
        var inOrder = Run(DType.F32, 9, 2, 20);
        sim.Driver.Schedule = Schedule.Shuffled(3);
        var shuffled = Run(DType.F32, 9, 2, 20);
        sim.Driver.Schedule = Schedule.InOrder;
        Assert.Equal(inOrder, shuffled);
    }

    [Fact]
    public void Positions_behind_the_cache_are_not_touched()
    {
        using var scope = Scope.Enter();
        using var cache = new KeyValueCache(1, 6, 4, DType.F32, sim.Device);
        var mark = Tensor.From<float>([.. Enumerable.Repeat(7f, 24)], cache.Keys.Shape, sim.Device);
        cache.Keys.CopyFrom(mark);
        cache.Values.CopyFrom(mark);
        var qkv = Tensor.From<float>([.. Enumerable.Range(0, 36).Select(i => (float)i)], [1, 3, 12], sim.Device);
        CachedAttention.Apply(qkv, 2, Table(2, 6, static (_, _) => 1), Table(1, 6, static (_, _) => 0), cache);
        Assert.Equal([4, 5, 6, 7, 16, 17, 18, 19, 28, 29, 30, 31, .. Enumerable.Repeat(7f, 12)], cache.Keys.ToArray<float>());
        Assert.Equal([8, 9, 10, 11, 20, 21, 22, 23, 32, 33, 34, 35, .. Enumerable.Repeat(7f, 12)], cache.Values.ToArray<float>());
    }

    private double[] Run(DType dtype, int chunk, int heads, int depth)
    {
        using var scope = Scope.Enter();
        var width = heads * depth;
        var qkv = GradientContext.Make(Qkv(heads, depth), [Batch, Length, 3 * width], dtype, sim.Device);
        var values = GradientContext.Read(qkv);
        var (a, m, r) = (Table(heads, Capacity, AttentionTests.Slope), Table(heads, Length, AttentionTests.Shift), Table(heads, Capacity, RowScale));
        var y = new double[Batch * Length * width];
        using var cache = new KeyValueCache(Batch, Capacity, width, dtype, sim.Device);
        for (var start = 0; start < Length; start += chunk)
        {
            var rows = Math.Min(chunk, Length - start);
            var part = Enumerable.Range(0, Batch).SelectMany(b => values.Skip((b * Length + start) * 3 * width).Take(rows * 3 * width)).ToArray();
            var rowsOfY = GradientContext.Read(CachedAttention.Apply(GradientContext.Make(part, [Batch, rows, 3 * width], dtype, sim.Device), heads, a, m, cache, r));
            for (var b = 0; b < Batch; b++) Array.Copy(rowsOfY, b * rows * width, y, (b * Length + start) * width, rows * width);
        }

        return y;
    }

    private static NaiveAttention Naive(DType dtype, int heads, int depth, Func<double, double>? round = null) => new NaiveAttention(Batch, Length, heads, depth,
        [.. Qkv(heads, depth).Select(v => dtype == DType.BF16 ? BFloat16Rounding.Round(v) : (float)v)], AttentionTests.Slope, AttentionTests.Shift, RowScale, round).Run();

    private static double[] Qkv(int heads, int depth) => GradientCheck.Normals(Batch * Length * 3 * heads * depth, 6, 0);

    private static double RowScale(int head, int i) => 1 + 0.25 * head - 0.0078125 * i;

    private Tensor Table(int heads, int length, Func<int, int, double> value) =>
        GradientContext.Make([.. Enumerable.Range(0, heads * length).Select(i => value(i / length, i % length))], [heads, length], DType.F32, sim.Device);
}

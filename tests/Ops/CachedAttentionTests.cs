using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class CachedAttentionTests
{
    private const int Batch = 2, Length = 150, Heads = 3, Width = 24;

    [Theory, InlineData(1), InlineData(3), InlineData(7), InlineData(64), InlineData(149), InlineData(150)]
    public void Equals_attention_over_the_whole_sequence(int chunk)
    {
        using var cpu = new CpuDevice();
        using (Scope.Enter())
        {
            var values = GradientCheck.Normals(Batch * Length * 3 * Width, 8, 0);
            var (a, m) = Tables(cpu);
            var r = Tensor.From<double>([.. GradientCheck.Normals(Heads * Length, 8, 1)], [Heads, Length], cpu);
            var whole = Attention.Apply(Tensor.From<double>(values, [Batch, Length, 3 * Width], cpu), Heads, a, m, r).ToArray<double>();
            using var cache = new KeyValueCache(Batch, Length + 5, Width, DType.F64, cpu);
            for (var start = 0; start < Length; start += chunk)
            {
                var rows = Math.Min(chunk, Length - start);
                var part = Part(values, start, rows, 3 * Width);
                var y = CachedAttention.Apply(Tensor.From<double>(part, [Batch, rows, 3 * Width], cpu), Heads, a, m, cache, r).ToArray<double>();
                var expected = Part(whole, start, rows, Width);
                for (var i = 0; i < y.Length; i++) Assert.Equal(expected[i], y[i], 1e-13);
            }

            Assert.Equal(Length, cache.Length);
        }

        Assert.Equal(0, cpu.Pool.LiveBytes);
    }

    [Fact]
    public void Refuses_more_positions_than_there_is_room_for()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var cache = new KeyValueCache(1, 4, Width, DType.F64, cpu);
        var (a, m) = Tables(cpu);
        var qkv = Tensor.Zeros([1, 5, 3 * Width], DType.F64, cpu);
        var error = Assert.Throws<ShapeException>(() => CachedAttention.Apply(qkv, Heads, a, m, cache));
        Assert.Equal("cached_attention: the cache must be [B, capacity, C] with room for the new positions; got qkv [1, 5, 72] f64, cache [1, 4, 24] f64.", error.Message);
    }

    private static double[] Part(double[] values, int start, int rows, int width) =>
        [.. Enumerable.Range(0, Batch).SelectMany(b => values.Skip((b * Length + start) * width).Take(rows * width))];

    private static (Tensor A, Tensor M) Tables(CpuDevice cpu)
    {
        var distances = Enumerable.Range(0, Length).Select(t => Math.Log(1 + t / 10.0)).ToArray();
        return (Tensor.From<double>([.. distances.Select(l => Math.Sqrt(2 * l + 1))], [1, Length], cpu), Tensor.From<double>([.. distances.Select(l => -2 * l)], [1, Length], cpu));
    }
}

using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class EmbeddingTests
{
    [Fact]
    public void Copies_rows_and_sums_their_gradients()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var weight = Tensor.From<float>([0, 1, 10, 11, 20, 21], [3, 2], cpu).Track();
        var y = Embedding.Apply(weight, Tensor.From<int>([2, 0, 2], [3, 1], cpu));
        Assert.Equal<Shape>([3, 1, 2], y.Shape);
        Assert.Equal([20f, 21f, 0f, 1f, 20f, 21f], y.ToArray<float>());
        tape.Backward(y, Tensor.From<float>([1, 2, 3, 4, 5, 6], [3, 1, 2], cpu));
        Assert.Equal([3f, 4f, 0f, 0f, 6f, 8f], weight.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Reads_bf16_tables()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var weight = Tensor.From<BFloat16>([(BFloat16)1f, (BFloat16)2f, (BFloat16)3f], [3, 1], cpu);
        Assert.Equal([(BFloat16)3f, (BFloat16)1f], Embedding.Apply(weight, Tensor.From<int>([2, 0], [2], cpu)).ToArray<BFloat16>());
    }

    [Theory]
    [InlineData(-1, "embedding: ids must lie in [0, 3); got -1 at [1, 2] of ids [2, 4] i32.")]
    [InlineData(3, "embedding: ids must lie in [0, 3); got 3 at [1, 2] of ids [2, 4] i32.")]
    public void Refuses_ids_beyond_the_table(int id, string message)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var weight = Tensor.Zeros([3, 5], DType.F32, cpu);
        var ids = Tensor.From<int>([0, 1, 2, 0, 1, 2, id, 0], [2, 4], cpu);
        Assert.Equal(message, Assert.Throws<IndexException>(() => Embedding.Apply(weight, ids)).Message);
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var other = new CpuDevice();
        using var scope = Scope.Enter();
        var (weight, ids) = (Tensor.Zeros([3, 5], DType.F32, cpu), Tensor.Zeros([2], DType.I32, cpu));
        Assert.Equal("embedding: weight must be [V, C]; got weight [3] f32, ids [2] i32.",
            Assert.Throws<ShapeException>(() => Embedding.Apply(Tensor.Zeros([3], DType.F32, cpu), ids)).Message);
        Assert.Equal("embedding: ids must leave an axis for C, at most 3 axes; got weight [3, 5] f32, ids [1, 1, 1, 1] i32.",
            Assert.Throws<ShapeException>(() => Embedding.Apply(weight, Tensor.Zeros([1, 1, 1, 1], DType.I32, cpu))).Message);
        Assert.Equal("embedding: ids must be i32; got weight [3, 5] f32, ids [2] f32.",
            Assert.Throws<DTypeException>(() => Embedding.Apply(weight, Tensor.Zeros([2], DType.F32, cpu))).Message);
        Assert.Throws<DeviceException>(() => Embedding.Apply(weight, Tensor.Zeros([2], DType.I32, other)));
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var weight = GradientContext.Make(GradientCheck.Normals(700 * 33, 8, 0), [700, 33], DType.F32, cpu).Track();
        var random = new Philox(3);
        var ids = new int[5000];
        for (var i = 0; i < ids.Length; i++) ids[i] = (int)random.Below((ulong)i, 50) * 14;
        var y = Embedding.Apply(weight, Tensor.From<int>(ids, [5000], cpu));
        tape.Backward(y, GradientContext.Make(GradientCheck.Normals(5000 * 33, 8, 1), [5000, 33], DType.F32, cpu));
        return GradientContext.Read(weight.Gradient!.Value);
    });
}

using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class GatherTests
{
    [Fact]
    public void Picks_from_each_row_and_sums_the_gradients_of_repeats()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3], cpu).Track();
        var y = Gather.Apply(x, Tensor.From<int>([2, 2, 0, 1], [2, 2], cpu));
        Assert.Equal([3f, 3f, 4f, 5f], y.ToArray<float>());
        tape.Backward(y, Tensor.From<float>([1, 10, 100, 1000], [2, 2], cpu));
        Assert.Equal([0f, 0f, 11f, 100f, 1000f, 0f], x.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([2, 3], DType.F32, cpu);
        Assert.Equal("gather: indices must lie in [0, 3); got 3 at [1, 0] of indices [2, 1] i32.",
            Assert.Throws<IndexException>(() => Gather.Apply(x, Tensor.From<int>([0, 3], [2, 1], cpu))).Message);
        Assert.Equal("gather: x [.., N] and indices [.., K] must have the same rows; got x [2, 3] f32, indices [3, 1] i32.",
            Assert.Throws<ShapeException>(() => Gather.Apply(x, Tensor.Zeros([3, 1], DType.I32, cpu))).Message);
        Assert.Throws<DTypeException>(() => Gather.Apply(x, Tensor.Zeros([2, 1], DType.F32, cpu)));
    }
}

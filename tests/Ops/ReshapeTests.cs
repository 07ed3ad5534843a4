using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class ReshapeTests
{
    [Fact]
    public void Moves_no_data_in_either_direction()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3], cpu).Track();
        var y = Reshape.Apply(x, [3, 2]);
        Assert.Equal(x.Address, y.Address);
        Assert.Equal<Shape>([3, 2], y.Shape);
        var dy = Tensor.From<float>([6, 5, 4, 3, 2, 1], [3, 2], cpu);
        tape.Backward(y, dy);
        Assert.Equal<Shape>([2, 3], x.Gradient!.Value.Shape);
        Assert.Equal(dy.Address, x.Gradient.Value.Address);
        Assert.Equal([6f, 5f, 4f, 3f, 2f, 1f], x.Gradient.Value.ToArray<float>());
    }

    [Fact]
    public void Refuses_another_count()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([2, 3], DType.F32, cpu);
        Assert.Equal("reshape: [4] must have as many elements as x; got 4, x [2, 3] f32 has 6.", Assert.Throws<ShapeException>(() => Reshape.Apply(x, [4])).Message);
    }
}

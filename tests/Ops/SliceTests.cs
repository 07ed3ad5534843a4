using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class SliceTests
{
    [Fact]
    public void Takes_a_range_of_any_axis()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<float>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 3, 2], cpu);
        Assert.Equal([6f, 7f, 8f, 9f, 10f, 11f], Slice.Apply(x, 0, 1, 1).ToArray<float>());
        Assert.Equal([2f, 3f, 4f, 5f, 8f, 9f, 10f, 11f], Slice.Apply(x, 1, 1, 2).ToArray<float>());
        Assert.Equal([1f, 3f, 5f, 7f, 9f, 11f], Slice.Apply(x, -1, 1, 1).ToArray<float>());
        Assert.Equal<Shape>([2, 0, 2], Slice.Apply(x, 1, 3, 0).Shape);
    }

    [Fact]
    public void Leaves_no_gradient_outside_the_range()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.Zeros([4], DType.F32, cpu).Track();
        tape.Backward(Slice.Apply(x, 0, 1, 2), Tensor.From<float>([5, 6], [2], cpu));
        Assert.Equal([0f, 5f, 6f, 0f], x.Gradient!.Value.ToArray<float>());
    }

    [Theory, InlineData(-1, 1, "slice: [-1, 0) lies outside axis 1; got x [2, 3] f32."), InlineData(2, 2, "slice: [2, 4) lies outside axis 1; got x [2, 3] f32.")]
    [InlineData(1, int.MaxValue, "slice: [1, 2147483648) lies outside axis 1; got x [2, 3] f32.")]
    public void Refuses_a_range_outside(int start, int count, string message)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([2, 3], DType.F32, cpu);
        Assert.Equal(message, Assert.Throws<ShapeException>(() => Slice.Apply(x, 1, start, count)).Message);
    }
}

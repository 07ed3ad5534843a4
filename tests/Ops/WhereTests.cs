using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class WhereTests
{
    [Fact]
    public void Chooses_by_a_broadcast_condition()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (a, b) = (Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3], cpu), Tensor.From<float>([-1, -2, -3, -4, -5, -6], [2, 3], cpu));
        Assert.Equal([1f, 2f, -3f, 4f, 5f, -6f], Where.Apply(Tensor.From<int>([1, 7, 0], [3], cpu), a, b).ToArray<float>());
        Assert.Equal([1f, 2f, 3f, -4f, -5f, -6f], Where.Apply(Tensor.From<int>([1, 0], [2, 1], cpu), a, b).ToArray<float>());
        Assert.Equal([-1f, -2f, -3f, -4f, -5f, -6f], Where.Apply(Tensor.From<int>([0], [], cpu), a, b).ToArray<float>());
    }

    [Fact]
    public void What_is_not_chosen_may_be_anything()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var (a, b) = (Tensor.From<float>([1, float.NaN], [2], cpu).Track(), Tensor.From<float>([float.PositiveInfinity, 2], [2], cpu).Track());
        var y = Where.Apply(Tensor.From<int>([1, 0], [2], cpu), a, b);
        Assert.Equal([1f, 2f], y.ToArray<float>());
        tape.Backward(y, Tensor.From<float>([3, 4], [2], cpu));
        Assert.Equal([3f, 0f], a.Gradient!.Value.ToArray<float>());
        Assert.Equal([0f, 4f], b.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (a, condition) = (Tensor.Zeros([2, 3], DType.F32, cpu), Tensor.Zeros([3], DType.I32, cpu));
        Assert.Equal("where: a and b must have one shape; got a [2, 3] f32, b [3] f32.",
            Assert.Throws<ShapeException>(() => Where.Apply(condition, a, Tensor.Zeros([3], DType.F32, cpu))).Message);
        Assert.Equal("where: the condition must broadcast to the shape of a; got condition [4, 2, 3] i32, a [2, 3] f32.",
            Assert.Throws<ShapeException>(() => Where.Apply(Tensor.Zeros([4, 2, 3], DType.I32, cpu), a, a)).Message);
        Assert.Equal("where: the condition must be i32; got condition [2, 3] f32, a [2, 3] f32.",
            Assert.Throws<DTypeException>(() => Where.Apply(a, a, a)).Message);
    }
}

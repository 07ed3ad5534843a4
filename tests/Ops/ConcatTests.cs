using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class ConcatTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(-1)]
    public void Slices_give_the_parts_back(int axis)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        Shape shape = [2, 3, 4];
        var at = axis < 0 ? 2 : axis;
        var (a, b) = (Make(cpu, shape, 0), Make(cpu, shape.With(at, 5), 1));
        var y = Concat.Apply(a, b, axis);
        Assert.Equal(shape.With(at, shape[at] + 5), y.Shape);
        Assert.Equal(a.ToArray<double>(), Slice.Apply(y, axis, 0, shape[at]).ToArray<double>());
        Assert.Equal(b.ToArray<double>(), Slice.Apply(y, axis, shape[at], 5).ToArray<double>());

        static Tensor Make(CpuDevice cpu, Shape shape, ulong stream) => Tensor.From<double>(GradientCheck.Normals((int)shape.Count, 70, stream), shape, cpu);
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (a, b) = (Tensor.Zeros([2, 3], DType.F32, cpu), Tensor.Zeros([2, 4], DType.F32, cpu));
        Assert.Equal("concat: a and b may differ along the axis only; got a [2, 3] f32, b [2, 4] f32.",
            Assert.Throws<ShapeException>(() => Concat.Apply(a, b, 0)).Message);
        Assert.Throws<DTypeException>(() => Concat.Apply(a, Tensor.Zeros([2, 3], DType.F64, cpu), 0));
    }
}

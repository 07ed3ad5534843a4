using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class AddTests
{
    [Fact]
    public void Adds_elementwise()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var y = Add.Apply(Tensor.From<float>([1, 2, 3], [3], cpu), Tensor.From<float>([10, 20, 30], [3], cpu));
        Assert.Equal([11f, 22f, 33f], y.ToArray<float>());
    }

    [Fact]
    public void Refuses_shapes_that_differ()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var a = Tensor.Zeros([2, 3], DType.F32, cpu);
        var b = Tensor.Zeros([3], DType.F32, cpu);
        var error = Assert.Throws<ShapeException>(() => Add.Apply(a, b));
        Assert.Equal("add: a and b must have one shape; got a [2, 3] f32, b [3] f32.", error.Message);
    }
}

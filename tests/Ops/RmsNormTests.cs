using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class RmsNormTests
{
    [Fact]
    public void Rows_have_unit_mean_square()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var y = RmsNorm.Apply(Tensor.From<double>(GradientCheck.Normals(3 * 41, 7, 0), [3, 41], cpu), eps: 0).ToArray<double>();
        for (var r = 0; r < 3; r++) Assert.Equal(1, y.Skip(r * 41).Take(41).Average(v => v * v), 12);
    }

    [Fact]
    public void Refuses_a_gain_of_another_width()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([8, 1024, 768], DType.F32, cpu);
        var weight = Tensor.Zeros([512], DType.F32, cpu);
        var error = Assert.Throws<ShapeException>(() => RmsNorm.Apply(x, weight));
        Assert.Equal("rms_norm: weight must be [C], the last axis of x; got x [8, 1024, 768] f32, weight [512] f32.", error.Message);
    }
}

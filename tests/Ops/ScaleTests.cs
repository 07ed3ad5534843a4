using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class ScaleTests
{
    [Theory, InlineData(DType.F32, 1e-6), InlineData(DType.F64, 1e-15)]
    public void Every_length_between_guards_and_in_place(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<Scale.IKernels>();
        EveryLength.Run(cpu, dtype, 1, (t, n) =>
        {
            var expected = Array.ConvertAll(GradientContext.Read(t[0]), v => -1.75 * v);
            kernels.Run(t[0], -1.75, new(t[1], 0));
            Close.To(expected, t[1], tolerance);
            kernels.Run(t[0], -1.75, new(t[1], 1));
            Close.To(Array.ConvertAll(expected, v => 2 * v), t[1], tolerance);
            kernels.Run(t[0], -1.75, new(t[0], 0));
            Close.To(expected, t[0], tolerance);
        });
    }

    [Fact]
    public void The_factor_of_f64_is_not_rounded()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        Assert.Equal([0.1], Scale.Apply(Tensor.From<double>([1], [1], cpu), 0.1).ToArray<double>());
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        return GradientContext.Read(Scale.Apply(GradientContext.Make(GradientCheck.Normals(70_001, 8, 0), [70_001], DType.F32, cpu), 1.0 / 3));
    });

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("scale: cpu has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => Scale.Apply(x, 2)).Message);
    }
}

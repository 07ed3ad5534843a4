using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
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

    [Theory, InlineData(DType.F32, 1e-6), InlineData(DType.F64, 1e-15)]
    public void Every_length_between_guards_and_in_place(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<Add.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            var (a, b) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]));
            kernels.Forward(t[0], t[1], t[2]);
            Close.To(a.Zip(b, (x, y) => x + y).ToArray(), t[2], tolerance);
            kernels.Accumulate(t[0], new(t[2], 0));
            Close.To(a, t[2], 0);
            kernels.Accumulate(t[1], new(t[2], 1));
            Close.To(a.Zip(b, (x, y) => x + y).ToArray(), t[2], tolerance);
            kernels.Forward(t[0], t[1], t[0]);
            Close.To(a.Zip(b, (x, y) => x + y).ToArray(), t[0], tolerance);
        });
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var a = GradientContext.Make(GradientCheck.Normals(70_001, 8, 0), [70_001], DType.F32, cpu);
        return GradientContext.Read(Add.Apply(a, Scale.Apply(a, 1.0 / 3)));
    });
}

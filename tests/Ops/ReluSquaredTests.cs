using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class ReluSquaredTests
{
    [Fact]
    public void Squares_what_is_positive_and_is_zero_elsewhere()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.From<float>([-3, -0f, 0, 0.5f, 2], [5], cpu).Track();
        var y = ReluSquared.Apply(x);
        Assert.Equal([0f, 0f, 0f, 0.25f, 4f], y.ToArray<float>());
        tape.Backward(y, Tensor.From<float>([1, 1, 1, 1, 10], [5], cpu));
        Assert.Equal([0f, 0f, 0f, 1f, 40f], x.Gradient!.Value.ToArray<float>());
    }

    [Theory, InlineData(DType.F32, 1e-6), InlineData(DType.F64, 1e-15)]
    public void Every_length_between_guards_and_in_place(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<ReluSquared.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            var (x, dy) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]));
            var y = Array.ConvertAll(x, v => v > 0 ? v * v : 0);
            var dx = x.Select((v, i) => v > 0 ? 2 * v * dy[i] : 0).ToArray();
            kernels.Forward(t[0], t[2]);
            Close.To(y, t[2], tolerance);
            kernels.Forward(t[0], t[0]);
            Close.To(y, t[0], tolerance);
            kernels.Backward(t[1], t[0], new(t[2], 0));
            Close.To(dx, t[2], tolerance);
            kernels.Backward(t[1], t[0], new(t[2], 1));
            Close.To(Array.ConvertAll(dx, v => 2 * v), t[2], 2 * tolerance);
        });
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = GradientContext.Make(GradientCheck.Normals(70_001, 8, 0), [70_001], DType.F32, cpu);
        return GradientContext.Read(ReluSquared.Apply(x));
    });

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("relu_squared: cpu has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => ReluSquared.Apply(x)).Message);
    }
}

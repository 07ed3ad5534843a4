using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class SoftmaxTests
{
    [Theory, InlineData(DType.F32, 1e-6), InlineData(DType.F64, 1e-15)]
    public void Rows_of_every_length_between_guards_and_in_place(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<Softmax.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            if (n == 0) return;
            var (x, dy) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]));
            var sum = x.Sum(Math.Exp);
            var y = Array.ConvertAll(x, v => Math.Exp(v) / sum);
            kernels.Forward(t[0], t[2]);
            Close.To(y, t[2], tolerance);
            Assert.Equal(1, GradientContext.Read(t[2]).Sum(), 4 * tolerance);
            kernels.Forward(t[0], t[0]);
            Close.To(y, t[0], tolerance);
            var mean = dy.Zip(y, (g, p) => g * p).Sum();
            var dx = dy.Zip(y, (g, p) => p * (g - mean)).ToArray();
            foreach (var beta in (float[])[0, 1])
            {
                kernels.Backward(t[1], t[0], new(t[2], beta));
                Close.To(Array.ConvertAll(dx, v => (1 + beta) * v), t[2], 3 * tolerance, "dx");
            }
        });
    }

    [Fact]
    public void A_shift_changes_nothing_and_masked_entries_get_zero()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var y = Softmax.Apply(Tensor.From<float>([1e30f, 1e30f, float.NegativeInfinity, -1e30f], [1, 4], cpu));
        Assert.Equal([0.5f, 0.5f, 0f, 0f], y.ToArray<float>());
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        return GradientContext.Read(Softmax.Apply(GradientContext.Make(GradientCheck.Normals(700 * 130, 8, 0), [700, 130], DType.F32, cpu)));
    });

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("softmax: cpu has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => Softmax.Apply(x)).Message);
    }
}

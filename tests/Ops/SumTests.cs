using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class SumTests
{
    [Theory, InlineData(DType.F32, 1e-5), InlineData(DType.F64, 1e-14)]
    public void Every_length_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        EveryLength.Run(cpu, dtype, 1, (t, n) =>
        {
            using var scope = Scope.Enter();
            Close.To([GradientContext.Read(t[0]).Sum()], Sum.Apply(t[0]), tolerance);
            var dy = GradientContext.Make([2.5], [], dtype, cpu);
            cpu.Kernels<Sum.IKernels>().Backward(dy, new(t[1], 0));
            cpu.Kernels<Sum.IKernels>().Backward(dy, new(t[1], 1));
            Assert.All(GradientContext.Read(t[1]), v => Assert.Equal(5, v));
        });
    }

    [Fact]
    public void Stays_accurate_in_f32_over_many_elements()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Empty([3_000_001], DType.F32, cpu);
        x.Span<float>().Fill(0.1f);
        // A single f32 accumulator would be off by thousands.
        Assert.Equal(3_000_001 * (double)0.1f, Sum.Apply(x).Item(), 2.0);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        return [Sum.Apply(GradientContext.Make(GradientCheck.Normals(170_001, 8, 0), [170_001], DType.F32, cpu)).Item()];
    });

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("sum: cpu has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => Sum.Apply(x)).Message);
    }
}

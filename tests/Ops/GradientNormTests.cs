using SiaEngine.Cpu;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class GradientNormTests
{
    [Fact]
    public void Is_the_length_of_all_gradients_together()
    {
        using var cpu = new CpuDevice();
        using var a = AdamWTests.Make(cpu, "a", [2], DType.F32);
        using var b = AdamWTests.Make(cpu, "b", [2, 1], DType.F64);
        using var without = AdamWTests.Make(cpu, "c", [4], DType.F32);
        AdamWTests.SetGradient(a, [1, -2]);
        AdamWTests.SetGradient(b, [4, 10]);
        Assert.Equal(11, GradientNorm.Compute([a, b, without]), 1e-12);
        Assert.Equal(2.75, GradientNorm.Compute([a, b, without], 0.25), 1e-12);
        Assert.Equal(0, GradientNorm.Compute([without]));
        Assert.Equal(0, GradientNorm.Compute([]));
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_shows()
    {
        using var cpu = new CpuDevice();
        using var a = AdamWTests.Make(cpu, "a", [3], DType.F32);
        AdamWTests.SetGradient(a, [1, double.NaN, 1]);
        Assert.True(double.IsNaN(GradientNorm.Compute([a])));
    }

    [Theory, InlineData(0.5, 1, 1), InlineData(1, 1, 1), InlineData(4, 1, 0.25), InlineData(0, 1, 1)]
    public void Clips_what_is_above_the_limit(double norm, double limit, double factor) => Assert.Equal(factor, GradientNorm.ClipFactor(norm, limit));

    [Theory, InlineData(DType.F32, 1e-6), InlineData(DType.F64, 1e-14)]
    public void Every_length_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        EveryLength.Run(cpu, dtype, 1, (t, n) =>
        {
            using var scope = Scope.Enter();
            var sum = Tensor.Empty([1], DType.F64, cpu);
            var expected = GradientContext.Read(t[0]).Sum(v => v * v);
            cpu.Kernels<GradientNorm.IKernels>().SumOfSquares(t[0], new(sum, 0));
            Close.To([expected], sum, tolerance);
            cpu.Kernels<GradientNorm.IKernels>().SumOfSquares(t[0], new(sum, 1));
            Close.To([2 * expected], sum, tolerance);
        });
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads_and_allocates_nothing() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var a = AdamWTests.Make(cpu, "a", [300, 333], DType.F32);
        AdamWTests.SetGradient(a, GradientCheck.Normals(300 * 333, 3, 0));
        GradientNorm.Compute([a]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var norm = GradientNorm.Compute(new ReadOnlySpan<Parameter>(in a));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return [norm];
    });
}

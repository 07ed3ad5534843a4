using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class LinearTests
{
    [Fact]
    public void Multiplies_by_the_transposed_weight_and_adds_the_residual()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<float>([1, 2, 3, 4], [2, 2], cpu);
        var w = Tensor.From<float>([1, 0, 0, 1, 1, 1], [3, 2], cpu);
        Assert.Equal([1f, 2f, 3f, 3f, 4f, 7f], Linear.Apply(x, w).ToArray<float>());
        var residual = Tensor.From<float>([10, 20, 30, 40, 50, 60], [2, 3], cpu);
        Assert.Equal([11f, 22f, 33f, 43f, 54f, 67f], Linear.Apply(x, w, residual).ToArray<float>());
        Assert.Equal([10f, 20f, 30f, 40f, 50f, 60f], residual.ToArray<float>());
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (x, w, residual) = (Tensor.Zeros([4, 8], DType.F32, cpu), Tensor.Zeros([3, 7], DType.F32, cpu), Tensor.Zeros([4, 5], DType.F32, cpu));
        Assert.Equal("linear: weight must be [N, K], K the last axis of x; got x [4, 8] f32, weight [3, 7] f32.",
            Assert.Throws<ShapeException>(() => Linear.Apply(x, w)).Message);
        Assert.Equal("linear: residual must be [.., N], the shape of the result; got x [4, 8] f32, weight [4, 8] f32, residual [4, 5] f32.",
            Assert.Throws<ShapeException>(() => Linear.Apply(x, x, residual)).Message);
        Assert.Throws<DTypeException>(() => Linear.Apply(x, Tensor.Zeros([3, 8], DType.F64, cpu)));
    }

    [Fact]
    public void Does_not_read_what_it_overwrites()
    {
        using var cpu = new CpuDevice();
        cpu.Pool.Poison = true;
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.Zeros([5, 3], DType.F32, cpu).Track();
        var w = Tensor.Zeros([2, 3], DType.F32, cpu).Track();
        var y = Linear.Apply(x, w);
        tape.Backward(y, y.Detach());
        Assert.All(y.ToArray<float>(), v => Assert.Equal(0, v));
        Assert.All(x.Gradient!.Value.ToArray<float>(), v => Assert.Equal(0, v));
        Assert.All(w.Gradient!.Value.ToArray<float>(), v => Assert.Equal(0, v));
    }
}

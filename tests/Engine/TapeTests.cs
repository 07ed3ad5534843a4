using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Engine;

public class TapeTests
{
    [Fact]
    public void Steady_steps_allocate_nothing_and_leave_no_memory_live()
    {
        using var cpu = new CpuDevice();
        using var w = new Parameter("w", [64], DType.F32, cpu);
        w.Value.Clear();
        for (var i = 0; i < 3; i++) Step(cpu, w);
        var live = cpu.Pool.LiveBytes;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) Step(cpu, w);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(live, cpu.Pool.LiveBytes);

        static void Step(CpuDevice cpu, Parameter w)
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            w.ClearGradient();
            var x = Tensor.Zeros([3, 64], DType.F32, cpu);
            var y = RmsNorm.Apply(Add.Apply(RmsNorm.Apply(x, w.Value), x), w.Value);
            tape.Backward(y, x);
        }
    }

    [Fact]
    public void Gradients_of_micro_steps_add_up_in_the_parameter()
    {
        using var cpu = new CpuDevice();
        using var w = new Parameter("w", [3], DType.F32, cpu);
        w.Value.Clear();
        for (var micro = 0; micro < 2; micro++) Backward(cpu, w);
        Assert.Equal([2f, 4f, 6f], w.Gradient.ToArray<float>());
        w.ClearGradient();
        Backward(cpu, w);
        Assert.Equal([1f, 2f, 3f], w.Gradient.ToArray<float>());

        static void Backward(CpuDevice cpu, Parameter w)
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var dy = Tensor.From<float>([1, 2, 3], [3], cpu);
            tape.Backward(Add.Apply(w.Value, dy), dy);
        }
    }

    [Fact]
    public void Saved_data_is_released_as_the_tape_is_played()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = Tensor.Zeros([1 << 12], DType.F32, cpu).Track();
        var y = Chain(x);
        var forward = cpu.Pool.LiveBytes;
        tape.Backward(y, y.Detach());
        Assert.True(cpu.Pool.PeakBytes <= forward + 3 * (4 << 12), $"peak {cpu.Pool.PeakBytes}, after the forward pass {forward}");

        static Tensor Chain(Tensor x)
        {
            using var inner = Scope.Enter();
            for (var i = 0; i < 8; i++) x = RmsNorm.Apply(x);
            return inner.Keep(x);
        }
    }

    [Fact]
    public void A_handle_outlived_by_its_scope_throws()
    {
        using var cpu = new CpuDevice();
        Tensor x;
        using (Scope.Enter()) x = Tensor.Zeros([3], DType.F32, cpu);
        Assert.Throws<ObjectDisposedException>(() => x.Shape);
        using var scope = Scope.Enter();
        Tensor.Zeros([4], DType.F32, cpu);
        Assert.Throws<ObjectDisposedException>(() => x.ToArray<float>());
    }

    [Fact]
    public void Creating_a_tensor_outside_a_scope_throws_and_leaks_nothing()
    {
        using var cpu = new CpuDevice();
        Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([3], DType.F32, cpu));
        Assert.Equal(0, cpu.Pool.LiveBytes);
    }
}

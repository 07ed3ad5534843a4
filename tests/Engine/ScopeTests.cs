using SiaEngine.Cpu;

namespace SiaEngine.Tests.Engine;

public class ScopeTests
{
    [Fact]
    public void Leaving_a_scope_returns_what_it_owns_and_nothing_else()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        var kept = Tensor.Zeros([64], DType.F32, cpu);
        var before = cpu.Pool.LiveBytes;
        using (Scope.Enter())
        {
            for (var i = 0; i < 5; i++) Tensor.Zeros([1000], DType.F64, cpu);
            Assert.True(cpu.Pool.LiveBytes >= before + 5 * 8000);
        }

        Assert.Equal(before, cpu.Pool.LiveBytes);
        Assert.Equal(64, kept.Count);
    }

    [Fact]
    public void A_kept_tensor_belongs_to_the_enclosing_scope()
    {
        using var cpu = new CpuDevice();
        using (Scope.Enter())
        {
            Tensor y;
            using (var inner = Scope.Enter()) y = inner.Keep(Tensor.From<int>([1, 2, 3], [3], cpu));
            Assert.Equal([1, 2, 3], y.ToArray<int>());
        }

        Assert.Equal(0, cpu.Pool.LiveBytes);
    }

    [Fact]
    public void Keep_without_an_enclosing_scope_throws()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.F32, cpu);
        Assert.Equal("scope: Keep needs an enclosing scope to hand the tensor to.", Assert.Throws<InvalidOperationException>(() => scope.Keep(x)).Message);
    }

    [Fact]
    public void Scopes_close_in_reverse_order()
    {
        var outer = Scope.Enter();
        var inner = Scope.Enter();
        Assert.Equal("scope: scopes must be closed in the reverse order of opening, once, on their thread.",
            Assert.Throws<InvalidOperationException>(outer.Dispose).Message);
        inner.Dispose();
        Assert.Throws<InvalidOperationException>(inner.Dispose);
        outer.Dispose();
    }

    [Fact]
    public void A_view_keeps_the_memory_of_what_it_looks_at()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        Tensor view;
        using (var inner = Scope.Enter())
        {
            var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [3, 2], cpu);
            view = inner.Keep(x.Rows(1, 2));
            Assert.False(x.IsExclusive);
        }

        var other = Tensor.Zeros([3, 2], DType.F32, cpu);
        Assert.Equal([3f, 4f, 5f, 6f], view.ToArray<float>());
        Assert.NotEqual(other.Address, view.Address);
        Assert.True(view.IsExclusive);
    }

    [Fact]
    public void A_tensor_with_two_holders_is_not_exclusive()
    {
        using var cpu = new CpuDevice();
        using var outer = Scope.Enter();
        using var inner = Scope.Enter();
        var x = Tensor.Zeros([3], DType.F32, cpu);
        Assert.True(x.IsExclusive);
        inner.Keep(x);
        Assert.False(x.IsExclusive);
    }

    [Fact]
    public void Threads_have_scopes_of_their_own()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        Exception? error = null;
        var thread = new Thread(() =>
        {
            error = Record.Exception(() => Tensor.Zeros([3], DType.F32, cpu));
            using var own = Scope.Enter();
            Tensor.Zeros([3], DType.F32, cpu);
        });
        thread.Start();
        thread.Join();
        Assert.Equal("scope: a tensor was created outside any scope; open one with Scope.Enter().", Assert.IsType<InvalidOperationException>(error).Message);
        Assert.Equal(0, cpu.Pool.LiveBytes);
    }

    [Fact]
    public void Views_refuse_what_does_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3, 2], DType.F32, cpu);
        Assert.Equal("view: [7] has 7 elements, tensor [3, 2] f32 has 6.", Assert.Throws<ShapeException>(() => x.As([7])).Message);
        Assert.Equal("rows: [2, 4) lies outside the first axis of [3, 2] f32.", Assert.Throws<ShapeException>(() => x.Rows(2, 2)).Message);
        Assert.Equal("tensor [3, 2] f32 does not hold f64.", Assert.Throws<DTypeException>(() => x.ToArray<double>()).Message);
        Assert.Equal("tensor [3, 2] f32 has 6 elements, not 5.", Assert.Throws<ShapeException>(() => x.CopyFrom<float>(new float[5])).Message);
    }
}

using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class CastTests
{
    public static TheoryData<DType, DType> Pairs
    {
        get
        {
            DType[] all = [DType.F32, DType.BF16, DType.F64];
            return [.. all.SelectMany(from => all.Select(to => (from, to)))];
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Every_length_between_guards_rounds_once(DType from, DType to)
    {
        using var cpu = new CpuDevice();
        using var memory = new GuardedMemory(256 * sizeof(double));
        EveryLength.Run(cpu, from, 1, (t, n) =>
        {
            var x = GradientContext.Read(t[0]);
            var y = memory.Tensor([n], to, cpu);
            cpu.Kernels<Cast.IKernels>().Run(t[0], new(y, 0));
            Assert.Equal(Array.ConvertAll(x, v => Round(v, to)), GradientContext.Read(y));
            // Added onto itself: exactly twice the rounded value, since x rounds to it and the sum needs no more bits.
            if (from != to) return;
            cpu.Kernels<Cast.IKernels>().Run(t[0], new(y, 1));
            Assert.Equal(Array.ConvertAll(x, v => 2 * v), GradientContext.Read(y));
        });
    }

    [Theory, MemberData(nameof(Pairs))]
    public void The_gradient_is_cast_back(DType from, DType to)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var x = GradientContext.Make([1, 2, 3], [3], from, cpu).Track();
        var first = Cast.Apply(x, to);
        Assert.Equal(to, first.DType);
        var dy = GradientContext.Make([0.5, -2, 8], [3], to, cpu);
        tape.Backward(first, dy);
        Assert.Equal(from, x.Gradient!.Value.DType);
        Assert.Equal([0.5, -2, 8], GradientContext.Read(x.Gradient.Value));
    }

    [Fact]
    public void Long_arrays_do_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        return GradientContext.Read(Cast.Apply(GradientContext.Make(GradientCheck.Normals(70_001, 8, 0), [70_001], DType.F32, cpu), DType.BF16));
    });

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("cast: both dtypes must be real numbers; got x [3] i32, to f32.", Assert.Throws<DTypeException>(() => Cast.Apply(x, DType.F32)).Message);
    }

    private static double Round(double value, DType dtype) => dtype switch
    {
        DType.F32 => (float)value,
        DType.BF16 => (float)(BFloat16)value,
        _ => value,
    };
}

using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class UnaryTests
{
    public static TheoryData<UnaryFunction, DType> All => [.. Enum.GetValues<UnaryFunction>().SelectMany(f => new[] { (f, DType.F32), (f, DType.F64) })];

    [Theory, MemberData(nameof(All))]
    public void Every_function_at_every_length_between_guards_and_in_place(UnaryFunction f, DType dtype)
    {
        var tolerance = dtype == DType.F32 ? 2e-6 : 1e-14;
        var positive = f is UnaryFunction.Sqrt or UnaryFunction.Log or UnaryFunction.Reciprocal;
        using var cpu = new CpuDevice();
        using var memory = new GuardedMemory(256 * sizeof(double));
        var kernels = cpu.Kernels<Unary.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            var x = Array.ConvertAll(GradientContext.Read(t[0]), v => positive ? Math.Abs(v) + 0.5 : v);
            cpu.Copy(GradientContext.Make(x, [n], dtype, cpu).Address, t[0].Address, t[0].Bytes);
            x = GradientContext.Read(t[0]);
            var dy = GradientContext.Read(t[1]);
            var y = memory.Tensor([n], dtype, cpu);
            kernels.Forward(f, t[0], y);
            Close.To(Array.ConvertAll(x, v => Value(f, v)), y, tolerance, $"{f}");
            // Central differences of the exact function, good to some 1e-9.
            var dx = x.Select((v, i) => dy[i] * (Value(f, v + 1e-6) - Value(f, v - 1e-6)) / 2e-6).ToArray();
            foreach (var beta in (float[])[0, 1])
            {
                kernels.Backward(f, t[1], Unary.SavesResult(f) ? y : t[0], new(t[2], beta));
                Close.To(Array.ConvertAll(dx, v => (1 + beta) * v), t[2], Math.Max(10 * tolerance, 1e-7), $"derivative of {f}");
            }

            kernels.Forward(f, t[0], t[0]);
            Assert.Equal(GradientContext.Read(y), GradientContext.Read(t[0]));
        });
    }

    [Fact]
    public void Functions_at_their_edges()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.From<float>([float.NegativeInfinity, -1000, 0, 1000, float.PositiveInfinity], [5], cpu);
        Assert.Equal([0f, 0f, 1f, float.PositiveInfinity, float.PositiveInfinity], Unary.Exp(x).ToArray<float>());
        Assert.Equal([-1f, -1f, 0f, 1f, 1f], Unary.Tanh(x).ToArray<float>());
        Assert.Equal([0f, 0f, 0.5f, 1f, 1f], Unary.Sigmoid(x).ToArray<float>());
        Assert.Equal([float.NaN, float.NaN, float.NegativeInfinity, MathF.Log(1000), float.PositiveInfinity], Unary.Log(x).ToArray<float>());
        Assert.Equal([float.PositiveInfinity, 1000f, 0f, 1000f, float.PositiveInfinity], Unary.Abs(x).ToArray<float>());
        Assert.Equal([float.PositiveInfinity, 1000f, 0f, -1000f, float.NegativeInfinity], Unary.Negate(x).ToArray<float>());
    }

    [Fact]
    public void Refuses_integers()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var x = Tensor.Zeros([3], DType.I32, cpu);
        Assert.Equal("unary: cpu has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => Unary.Exp(x)).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        return GradientContext.Read(Unary.Gelu(GradientContext.Make(GradientCheck.Normals(70_001, 8, 0), [70_001], DType.F32, cpu)));
    });

    private static double Value(UnaryFunction f, double x) => f switch
    {
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Square => x * x,
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryFunction.Relu => Math.Max(x, 0),
        UnaryFunction.Silu => x / (1 + Math.Exp(-x)),
        UnaryFunction.Gelu => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };
}

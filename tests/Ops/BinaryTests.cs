using FsCheck.Fluent;
using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class BinaryTests
{
    public static TheoryData<BinaryFunction, DType> All => [.. Enum.GetValues<BinaryFunction>().SelectMany(f => new[] { (f, DType.F32), (f, DType.F64) })];

    [Theory, MemberData(nameof(All))]
    public void Every_function_at_every_length_between_guards_and_in_place(BinaryFunction f, DType dtype)
    {
        var tolerance = dtype == DType.F32 ? 1e-6 : 1e-15;
        using var cpu = new CpuDevice();
        using var memory = new GuardedMemory(256 * sizeof(double));
        var kernels = cpu.Kernels<Binary.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            var (a, b) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]));
            var one = memory.Tensor([1.7], [1], dtype, cpu);
            var single = GradientContext.Read(one)[0];
            kernels.Forward(f, t[0], t[1], t[2]);
            Close.To(a.Zip(b, (x, y) => Value(f, x, y)).ToArray(), t[2], tolerance, $"{f}");
            kernels.Forward(f, t[0], one, t[2]);
            Close.To(Array.ConvertAll(a, x => Value(f, x, single)), t[2], tolerance, $"{f} with one");
            kernels.Forward(f, one, t[1], t[2]);
            Close.To(Array.ConvertAll(b, y => Value(f, single, y)), t[2], tolerance, $"{f} of one");
            kernels.Forward(f, t[0], t[1], t[1]);
            Close.To(a.Zip(b, (x, y) => Value(f, x, y)).ToArray(), t[1], tolerance, $"{f} in place");
        });
    }

    [Fact]
    public void Broadcasts_any_shapes_that_fit() => Property.Holds(
        Gen.Choose(0, 4).SelectMany(rank => Gen.ArrayOf(Gen.Choose(1, 3), rank))
            .SelectMany(shape => Gen.ArrayOf(Gen.Choose(0, 1), 4).SelectMany(keepA => Gen.ArrayOf(Gen.Choose(0, 1), 4)
                .SelectMany(keepB => Gen.Choose(0, 4).Select(drop => (shape, keepA, keepB, drop))))), sample =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        // Each operand keeps some extents and has 1 for the others; b also loses some leading axes.
        var shapeA = sample.shape.Select((e, i) => sample.keepA[i] == 1 ? e : 1).ToArray();
        var shapeB = sample.shape.Select((e, i) => sample.keepB[i] == 1 ? e : 1).Skip(sample.drop).ToArray();
        var (a, b) = (Random(cpu, shapeA, 0), Random(cpu, shapeB, 1));
        var y = Binary.Subtract(a, b);
        var rank = sample.shape.Length;
        var padded = Enumerable.Repeat(1, rank - shapeB.Length).Concat(shapeB).ToArray();
        var expected = shapeA.Zip(padded, Math.Max).ToArray();
        Assert.Equal(Shape.Create(expected), y.Shape);
        var (x0, x1, actual) = (a.ToArray<double>(), b.ToArray<double>(), y.ToArray<double>());
        for (var i = 0; i < actual.Length; i++) Assert.Equal(x0[At(shapeA, i)] - x1[At(padded, i)], actual[i]);

        int At(int[] shape, int flat)
        {
            var (at, stride) = (0, 1);
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                var index = flat % expected[axis];
                flat /= expected[axis];
                if (shape[axis] > 1) at += index * stride;
                stride *= shape[axis];
            }

            return at;
        }
    });

    [Fact]
    public void The_gradient_of_equals_goes_to_the_first()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var (a, b) = (Tensor.From<float>([1, 2, 3], [3], cpu).Track(), Tensor.From<float>([2, 2, 2], [3], cpu).Track());
        var y = Binary.Maximum(a, b);
        Assert.Equal([2f, 2f, 3f], y.ToArray<float>());
        tape.Backward(y, Tensor.From<float>([1, 1, 1], [3], cpu));
        Assert.Equal([0f, 1f, 1f], a.Gradient!.Value.ToArray<float>());
        Assert.Equal([1f, 0f, 0f], b.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (a, b) = (Tensor.Zeros([2, 3], DType.F32, cpu), Tensor.Zeros([2], DType.F32, cpu));
        Assert.Equal("binary: extents must agree or be 1, from the last axis on; got a [2, 3] f32, b [2] f32.",
            Assert.Throws<ShapeException>(() => Binary.Add(a, b)).Message);
        Assert.Equal("binary: a and b must have one dtype; got a [2, 3] f32, b [3] f64.",
            Assert.Throws<DTypeException>(() => Binary.Add(a, Tensor.Zeros([3], DType.F64, cpu))).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var (a, b) = (Random(cpu, [300, 5, 61], 0).Track(), Random(cpu, [300, 1, 61], 1).Track());
        var y = Binary.Multiply(a, b);
        tape.Backward(y, y.Detach());
        return [.. GradientContext.Read(y), .. GradientContext.Read(a.Gradient!.Value), .. GradientContext.Read(b.Gradient!.Value)];
    });

    private static Tensor Random(CpuDevice cpu, int[] extents, ulong stream)
    {
        var shape = Shape.Create(extents);
        return Tensor.From<double>(GradientCheck.Normals((int)shape.Count, 60, stream), shape, cpu);
    }

    private static double Value(BinaryFunction f, double a, double b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Subtract => a - b,
        BinaryFunction.Multiply => a * b,
        BinaryFunction.Divide => a / b,
        _ => Math.Max(a, b),
    };
}

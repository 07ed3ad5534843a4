using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>What the kernels of the general vocabulary do at the edges: accuracy over the whole range, infinities and NaN, ties, rounding, nothing to do, refusals.</summary>
public sealed class ElementwiseKernelTests : IDisposable
{
    private const float Infinity = float.PositiveInfinity;

    private readonly CudaDevice _sim = SimulatedDevice.Create();
    private readonly Scope _scope = Scope.Enter();

    public void Dispose()
    {
        _scope.Dispose();
        _sim.Dispose();
    }

    [Theory]
    [InlineData(UnaryFunction.Exp, -103, 88.7, 3)]
    [InlineData(UnaryFunction.Log, 1e-3, 1e3, 1)]
    [InlineData(UnaryFunction.Log, 0.7, 1.5, 1)]
    [InlineData(UnaryFunction.Log, 1e-45, 1e-37, 1)]
    [InlineData(UnaryFunction.Tanh, -12, 12, 3)]
    [InlineData(UnaryFunction.Tanh, -1e-3, 1e-3, 3)]
    [InlineData(UnaryFunction.Sigmoid, -87, 87, 4)]
    [InlineData(UnaryFunction.Sqrt, 0, 1e6, 0.5)]
    [InlineData(UnaryFunction.Reciprocal, 1e-3, 1e3, 0.5)]
    public void Functions_err_by_few_units_in_the_last_place(UnaryFunction f, double from, double to, double units)
    {
        const int Count = 4001;
        var x = Enumerable.Range(0, Count).Select(i => (float)(from + (to - from) * i / (Count - 1))).ToArray();
        var y = Unary.Apply(f, Tensor.From<float>(x, [Count], _sim)).ToArray<float>();
        for (var i = 0; i < Count; i++)
        {
            var exact = Exact(f, x[i]);
            // The spacing of floats at the exact value; subnormal ones are 2^-149 apart.
            var unit = Math.ScaleB(1, Math.Max(-149, Math.ILogB(exact) - 23));
            Assert.True(Math.Abs(y[i] - exact) <= units * unit * 1.0001, $"{f}({x[i]:R}) is {y[i]:R}, exactly {exact:R}: {Math.Abs(y[i] - exact) / unit:F2} units");
        }
    }

    [Fact]
    public void Functions_at_their_edges()
    {
        var x = Tensor.From<float>([-Infinity, -1000, 0, 1000, Infinity, float.NaN], [6], _sim);
        Assert.Equal([0f, 0f, 1f, Infinity, Infinity, float.NaN], Unary.Exp(x).ToArray<float>());
        Assert.Equal([-1f, -1f, 0f, 1f, 1f, float.NaN], Unary.Tanh(x).ToArray<float>());
        Assert.Equal([0f, 0f, 0.5f, 1f, 1f, float.NaN], Unary.Sigmoid(x).ToArray<float>());
        Assert.Equal([float.NaN, float.NaN, -Infinity, MathF.Log(1000), Infinity, float.NaN], Unary.Log(x).ToArray<float>());
        Assert.Equal([Infinity, 1000f, 0f, 1000f, Infinity, float.NaN], Unary.Abs(x).ToArray<float>());
        Assert.Equal([0f, 0f, 0f, 1000f, Infinity, float.NaN], Unary.Relu(x).ToArray<float>());
    }

    [Fact]
    public void Derivatives_at_the_kinks()
    {
        var x = Tensor.From<float>([-1, 0, 1], [3], _sim);
        Assert.Equal([-1f, 0f, 1f], Slope(UnaryFunction.Abs));
        Assert.Equal([0f, 0f, 1f], Slope(UnaryFunction.Relu));

        float[] Slope(UnaryFunction f)
        {
            var dx = Tensor.Like(x);
            _sim.Kernels<Unary.IKernels>().Backward(f, Tensor.From<float>([1, 1, 1], [3], _sim), x, new(dx, 0));
            return dx.ToArray<float>();
        }
    }

    [Fact]
    public void The_larger_of_equals_is_the_first_and_NaN_is_what_the_cpu_makes_of_it()
    {
        float[] a = [1, 2, float.NaN, 1, Infinity, -0f], b = [2, 1, 1, float.NaN, -Infinity, 0f];
        using var cpu = new CpuDevice();
        Assert.Equal(Larger(cpu), Larger(_sim));
        var (x, ones) = (Tensor.From<float>([3, 3, 1], [3], _sim), Tensor.From<float>([1, 1, 1], [3], _sim));
        float[] Gradient(bool first)
        {
            var slot = new GradientSlot(Tensor.Like(x), 0);
            _sim.Kernels<Binary.IKernels>().Backward(BinaryFunction.Maximum, ones, x, Tensor.From<float>([3, 4, 0], [3], _sim), first, slot);
            return slot.Grad.ToArray<float>();
        }

        Assert.Equal([1f, 0f, 1f], Gradient(true));
        Assert.Equal([0f, 1f, 0f], Gradient(false));

        uint[] Larger(Device device) =>
            Array.ConvertAll(Binary.Maximum(Tensor.From<float>(a, [6], device), Tensor.From<float>(b, [6], device)).ToArray<float>(), BitConverter.SingleToUInt32Bits);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void The_gradient_of_a_maximum_goes_to_the_first_of_equals(int axis)
    {
        Shape shape = axis == 0 ? [4, 1] : [1, 4];
        var x = Tensor.From<float>([1, 5, 5, 2], shape, _sim).Track();
        using var tape = Tape.Start();
        tape.Backward(Sum.Apply(Reduce.Max(x, axis)));
        Assert.Equal([0f, 1f, 0f, 0f], x.Gradient!.Value.ToArray<float>());
    }

    [Fact]
    public void Softmax_takes_rows_far_from_zero_and_masked_elements()
    {
        var y = Softmax.Apply(Tensor.From<float>([3e38f, 3e38f, -Infinity, -3e38f, -3e38f, -3e38f], [2, 3], _sim)).ToArray<float>();
        Assert.Equal([0.5f, 0.5f, 0f], y[..3]);
        Assert.All(y[3..], p => Assert.Equal(1 / 3.0, p, 1e-7));
    }

    [Fact]
    public void Every_cast_rounds_once_to_nearest_even()
    {
        // Ties, just above and below ties of bf16 and of f32, overflow, subnormals.
        double[] x =
        [
            1 + Math.ScaleB(1, -8), 1 + 3 * Math.ScaleB(1, -8), 1 + Math.ScaleB(1, -8) + Math.ScaleB(1, -40), 1 + 3 * Math.ScaleB(1, -8) - Math.ScaleB(1, -40),
            1 + Math.ScaleB(1, -24), 1 + Math.ScaleB(1, -24) + Math.ScaleB(1, -50), -1 - Math.ScaleB(1, -8) - Math.ScaleB(1, -40), 3.4e38, 3.395e38, 1e300, -1e300,
            1e-40, 3e-41, 1e-46, 0, double.PositiveInfinity, double.NaN,
        ];
        using var cpu = new CpuDevice();
        Assert.Equal(Casts(cpu), Casts(_sim));

        double[] Casts(Device device)
        {
            var result = new List<double>();
            foreach (var from in (DType[])[DType.F64, DType.F32, DType.BF16])
                foreach (var to in (DType[])[DType.F64, DType.F32, DType.BF16])
                    foreach (var beta in (float[])[0, 1])
                    {
                        var y = GradientContext.Make(x, [x.Length], to, device);
                        device.Kernels<Cast.IKernels>().Run(GradientContext.Make(x, [x.Length], from, device), new(y, beta));
                        result.AddRange(GradientContext.Read(y));
                    }

            return [.. result];
        }
    }

    /// <summary>Tensors that begin anywhere, as rows of others do: no access of 16 bytes, the same bits.</summary>
    [Fact]
    public void Addresses_need_no_alignment()
    {
        const int Count = 4100;
        foreach (var dtype in (DType[])[DType.F32, DType.BF16])
        {
            var (a, b, grad) = (Make(0), Make(1), Make(2));
            var aligned = Results(a, b, grad);
            foreach (var (first, second, third) in ((int, int, int)[])[(1, 0, 0), (0, 1, 0), (0, 0, 1), (3, 1, 2)]) Assert.Equal(aligned, Results(Moved(a, first), Moved(b, second), Moved(grad, third)));

            Tensor Make(ulong stream) => GradientContext.Make(GradientCheck.Normals(Count, 8, stream), [Count], dtype, _sim);

            Tensor Moved(Tensor x, int by)
            {
                if (by == 0) return x;
                var moved = Tensor.Empty([Count + by, 1], dtype, _sim).Rows(by, Count).As([Count]);
                moved.CopyFrom(x);
                return moved;
            }
        }

        double[] Results(Tensor a, Tensor b, Tensor grad)
        {
            var results = new List<double>();
            results.AddRange(GradientContext.Read(Add.Apply(a, b)));
            results.AddRange(GradientContext.Read(ReluSquared.Apply(a)));
            foreach (var beta in (float[])[0, 1])
                foreach (var run in (Action<GradientSlot>[])[
                    slot => _sim.Kernels<Add.IKernels>().Accumulate(a, slot), slot => _sim.Kernels<Scale.IKernels>().Run(a, 3, slot),
                    slot => _sim.Kernels<Cast.IKernels>().Run(a, slot), slot => _sim.Kernels<ReluSquared.IKernels>().Backward(a, Unary.Abs(b), slot),
                    slot => _sim.Kernels<Sum.IKernels>().Backward(Tensor.From<float>([2], [], _sim), slot)])
                {
                    var before = Tensor.Like(grad);
                    before.CopyFrom(grad);
                    run(new(grad, beta));
                    results.AddRange(GradientContext.Read(grad));
                    grad.CopyFrom(before);
                }

            return [.. results];
        }
    }

    [Fact]
    public void Nothing_to_do_is_done()
    {
        foreach (var dtype in (DType[])[DType.F32, DType.BF16])
        {
            var (x, row) = (Tensor.Zeros([0, 5], dtype, _sim).Track(), Tensor.Zeros([5], dtype, _sim).Track());
            var none = Tensor.Zeros([0, 5], DType.I32, _sim);
            Tensor[] results =
            [
                Add.Apply(x, x), Scale.Apply(x, 2), Cast.Apply(x, DType.F32), Unary.Exp(x), Binary.Multiply(x, row), Reduce.Sum(x, 1), Softmax.Apply(x), Transpose.Apply(x),
                Slice.Apply(x, 1, 2, 2), Gather.Apply(x, none), Where.Apply(none, x, x),
            ];
            Assert.All(results, y => Assert.Equal(0, y.Count));
            Assert.Equal(0, Sum.Apply(x).Item());
            Assert.Equal(new double[5], GradientContext.Read(Reduce.Sum(x, 0)));
            Assert.Equal([0, 0], GradientContext.Read(Reduce.Sum(Tensor.Zeros([2, 0], dtype, _sim), 1)));
        }
    }

    [Fact]
    public void Refuses_dtypes_and_indices_with_the_words_of_the_cpu()
    {
        var x = Tensor.Zeros([3], DType.I32, _sim);
        Assert.Equal("unary: sim has no kernel for this dtype; got x [3] i32.", Assert.Throws<DTypeException>(() => Unary.Exp(x)).Message);
        var indices = Tensor.From<int>([0, 4, 1, 5], [2, 2], _sim);
        Assert.Equal("gather: indices must lie in [0, 5); got 5 at [1, 1] of indices [2, 2] i32.",
            Assert.Throws<IndexException>(() => Gather.Apply(Tensor.Zeros([2, 5], DType.F32, _sim), indices)).Message);
    }

    private static double Exact(UnaryFunction f, double x) => f switch
    {
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Tanh => Math.Tanh(x),
        _ => 1 / (1 + Math.Exp(-x)),
    };
}

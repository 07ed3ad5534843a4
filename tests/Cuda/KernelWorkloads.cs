using SiaEngine.Cuda;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Calls that launch every kernel of a file at shapes of some thousand elements, with odd extents, β 0 and 1, and f32 gradients beside bf16.</summary>
internal sealed class KernelWorkloads(CudaDevice device)
{
    private static readonly DType[] Compute = [DType.F32, DType.BF16];
    private static readonly (DType X, DType Gradient)[] Pairs = [(DType.F32, DType.F32), (DType.BF16, DType.BF16), (DType.BF16, DType.F32)];

    /// <summary>Runs the calls of a file of <c>native/ptx</c>.</summary>
    public void Run(string file)
    {
        using var scope = Scope.Enter();
        switch (file)
        {
            case "adamw": Optimizers(p => new AdamW([p], 0.01)); break;
            case "add": Added(); break;
            case "attention_forward" or "attention_backward": Attend(60, 100, 200); break;
            case "attention_forward_mma": AttendOnTensorCores(); break;
            case "attention_backward_mma": Attend(40, 64, 72, 128); break;
            case "attention_tables": AttendTrained(); break;
            case "binary": Binaries(); break;
            case "cached_attention": Cached(); break;
            case "cast": Casts(); break;
            case "cross_entropy": Losses(); break;
            case "embedding": Embed(); break;
            case "gather": Gathers(); break;
            case "gradient_norm": SquareSums(); break;
            case "index_check": Embed(); break;
            case "muon": Optimizers(p => new Muon([p], 0.01)); break;
            case "p_rope": Rotate(); break;
            case "reduce": Reduces(); break;
            case "relu_squared": Twice(c => ReluSquared.Apply(c.X), [3, 1701]); break;
            case "rms_norm": Normalize(); break;
            case "scale": Slots([3, 1701], (x, slot) => device.Kernels<Scale.IKernels>().Run(x, -1.5, slot)); break;
            case "slice": Slots([7, 30, 9], (x, slot) => device.Kernels<Slice.IKernels>().Run(Normal([7, 60, 9], x.DType), 20, slot, 3, 25, 1)); break;
            case "softmax": Softmaxes(); break;
            case "sum": Sums(); break;
            case "transpose": Transposes(); break;
            case "unary": Unaries(); break;
            case "where": Wheres(); break;
            default: throw new ArgumentException($"no calls for {file}.ptx");
        }
    }

    private void Added()
    {
        foreach (var dtype in Compute) Add.Apply(Normal([3, 1701], dtype), Normal([3, 1701], dtype));
        Slots([3, 1701], (x, slot) => device.Kernels<Add.IKernels>().Accumulate(x, slot));
    }

    private void Sums()
    {
        foreach (var dtype in Compute)
        {
            Sum.Apply(Normal([3, 7001], dtype));
            foreach (var beta in (float[])[0, 1]) device.Kernels<Sum.IKernels>().Backward(Normal([], DType.F32), new(Normal([3, 1701], dtype), beta));
        }
    }

    private void Casts()
    {
        DType[] all = [DType.F32, DType.BF16, DType.F64];
        foreach (var from in all)
            foreach (var to in all)
                foreach (var beta in (float[])[0, 1]) device.Kernels<Cast.IKernels>().Run(Normal([3, 1701], from), new(Normal([3, 1701], to), beta));
    }

    private void Unaries()
    {
        var kernels = device.Kernels<Unary.IKernels>();
        foreach (var f in Enum.GetValues<UnaryFunction>())
        {
            foreach (var dtype in Compute) Unary.Apply(f, Normal([3, 701], dtype));
            Slots([3, 701], (x, slot) => kernels.Backward(f, x, Normal([3, 701], x.DType), slot));
        }
    }

    private void Binaries()
    {
        var kernels = device.Kernels<Binary.IKernels>();
        foreach (var f in Enum.GetValues<BinaryFunction>())
        {
            foreach (var dtype in Compute)
            {
                Binary.Apply(f, Normal([3, 701], dtype), Normal([3, 701], dtype));
                Binary.Apply(f, Normal([3, 1, 301], dtype), Normal([7, 1], dtype));
            }

            if (f is BinaryFunction.Add or BinaryFunction.Subtract) continue;
            foreach (var first in (bool[])[true, false]) Slots([3, 701], (x, slot) => kernels.Backward(f, x, Normal([3, 701], x.DType), Normal([701], x.DType), first, slot));
        }
    }

    private void Reduces()
    {
        var kernels = device.Kernels<Reduce.IKernels>();
        foreach (var f in (ReduceFunction[])[ReduceFunction.Mean, ReduceFunction.Max])
        {
            Slots([20], (x, slot) => kernels.Forward(f, Normal([20, 701], x.DType), 1, slot), onlyZero: f == ReduceFunction.Max);
            Slots([3, 301], (x, slot) => kernels.Forward(f, Normal([3, 50, 301], x.DType), 1, slot), onlyZero: f == ReduceFunction.Max);
        }

        Slots([3, 50, 31], (x, slot) => kernels.Backward(ReduceFunction.Sum, Normal([3, 31], x.DType), null, null, 1, slot));
        Slots([3, 50, 31], (x, slot) => kernels.Backward(ReduceFunction.Max, Normal([3, 31], x.DType), x, Reduce.Max(x, 1), 1, slot));
    }

    private void Softmaxes()
    {
        foreach (var columns in (int[])[29, 701])
        {
            foreach (var dtype in Compute) Softmax.Apply(Normal([20, columns], dtype));
            Slots([20, columns], (x, slot) => device.Kernels<Softmax.IKernels>().Backward(x, Normal([20, columns], x.DType), slot));
        }
    }

    private void Transposes()
    {
        Slots([2, 90, 70], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([2, 70, 90]), 1, 2, slot));
        Slots([50, 3, 35], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([3, 50, 35]), 0, 1, slot));
    }

    private void Gathers()
    {
        var indices = Tensor.From<int>(Enumerable.Range(0, 20 * 31).Select(i => i * 7919 % 301).ToArray(), [20, 31], device);
        foreach (var dtype in Compute) Gather.Apply(Normal([20, 301], dtype), indices);
        Slots([20, 301], (x, slot) => device.Kernels<Gather.IKernels>().Backward(Normal([20, 31], x.DType), indices, slot));
    }

    private void Wheres()
    {
        var condition = Tensor.From<int>(Enumerable.Range(0, 301).Select(i => i % 3 - 1).ToArray(), [301], device);
        foreach (var dtype in Compute) Where.Apply(condition, Normal([20, 301], dtype), Normal([20, 301], dtype));
        foreach (var holds in (bool[])[true, false]) Slots([20, 301], (x, slot) => device.Kernels<Where.IKernels>().Backward(x, condition, holds, slot));
    }

    private void Losses()
    {
        foreach (var classes in (int[])[1003, 4104]) Twice(c => CrossEntropy.Apply(c.X, Indices(37, 11)), [37, classes]);
    }

    private void Embed()
    {
        foreach (var columns in (int[])[67, 72])
        {
            Parameters([101, columns], weight => Embedding.Apply(weight, Indices(150, 101)));
            Twice(c => Embedding.Apply(c.X, Indices(150, 101)), [101, columns]);
        }
    }

    private void SquareSums()
    {
        foreach (var dtype in Compute)
            foreach (var beta in (float[])[0, 1]) device.Kernels<GradientNorm.IKernels>().SumOfSquares(Normal([3, 7001], dtype), new(Normal([1], DType.F64), beta));
    }

    private void Normalize()
    {
        // By elements, by 16 bytes, and rows of more than one segment.
        foreach (var columns in (int[])[301, 304, 1096])
        {
            Parameters([columns], weight => RmsNorm.Apply(Normal([20, columns], weight.DType).Track(), weight));
            Twice(c => RmsNorm.Apply(c.X, Normal([columns], c.X.DType).Track()), [20, columns]);
            Twice(c => RmsNorm.Apply(c.X), [20, columns]);
        }
    }

    private void Rotate()
    {
        foreach (var half in (int[])[24, 32])
        {
            var frequencies = Normal([half], DType.F32);
            Twice(c => PRope.Apply(c.X, frequencies, 3), [3, 11, 3 * 3 * 2 * half]);
            Twice(c => PRope.Apply(c.X, frequencies, 3, normalize: false), [3, 11, 3 * 3 * 2 * half]);
        }
    }

    private void Attend(params int[] wide)
    {
        var (a, m, rowScale) = (Normal([2, 21], DType.F32), Normal([1, 21], DType.F32), Normal([2, 21], DType.F32));
        Twice(c => Attention.Apply(c.X, 2, a, m, rowScale.Track()), [1, 21, 3 * 2 * 30]);
        foreach (var headDim in wide)
            foreach (var dtype in Compute)
            {
                Backward(() => Attention.Apply(Normal([1, 21, 3 * 2 * headDim], dtype).Track(), 2, a, m));
                if (headDim % 8 == 0) Twice(c => Attention.Apply(c.X, 2, a, m, rowScale.Track()), [1, 21, 3 * 2 * headDim]);
            }
    }

    private void AttendOnTensorCores()
    {
        foreach (var (batch, length, heads, dim) in ((int, int, int, int)[])[(2, 200, 2, 40), (1, 129, 1, 64), (1, 64, 2, 72), (1, 21, 1, 128)])
        {
            var (a, m) = (Normal([length == 64 ? heads : 1, length], DType.F32), Normal([heads, length + 3], DType.F32));
            Backward(() => Attention.Apply(Normal([batch, length, 3 * heads * dim], DType.BF16).Track(), heads, a, m, length == 200 ? Normal([heads, length], DType.F32) : null));
        }
    }

    private void AttendTrained()
    {
        foreach (var dtype in Compute)
        {
            foreach (var headDim in (int[])[30, 64, 100, 200])
                Backward(() => Attention.Apply(Normal([2, 70, 3 * 2 * headDim], dtype), 2, Normal([2, 75], DType.F32).Track(), Normal([1, 70], DType.F32).Track()));
            var (a, m, rowScale) = (Normal([1, 33], DType.F32).Track(), Normal([2, 33], DType.F32), Normal([2, 33], DType.F32));
            Backward(() => Add.Apply(Attention.Apply(Normal([1, 33, 3 * 2 * 30], dtype), 2, a, m, rowScale), Attention.Apply(Normal([1, 33, 3 * 2 * 30], dtype), 2, a, m)));
        }
    }

    private void Cached()
    {
        foreach (var headDim in (int[])[30, 64, 100, 200])
            foreach (var dtype in Compute)
            {
                using var cache = new KeyValueCache(2, 60, 2 * headDim, dtype, device);
                var (a, m) = (Normal([1, 60], DType.F32), Normal([1, 60], DType.F32));
                foreach (var rows in (int[])[40, 1]) CachedAttention.Apply(Normal([2, rows, 3 * 2 * headDim], dtype), 2, a, m, cache);
            }
    }

    /// <summary>One step on a parameter with an f32 gradient.</summary>
    private void Optimizers(Func<Parameter, Optimizer> make)
    {
        foreach (var dtype in Compute)
        {
            using var p = new Parameter("w", [60, 70], dtype, device);
            p.Set(GradientCheck.Normals(60 * 70, 3, 0));
            using (var tape = Tape.Start()) tape.Backward(Scale.Apply(p.Value, 1), Normal(p.Shape, dtype));
            using var optimizer = make(p);
            optimizer.Step();
        }
    }

    /// <summary>Forward and backward of an op on a parameter twice, so that the second gradient is added to the first.</summary>
    private void Parameters(Shape shape, Func<Tensor, Tensor> op)
    {
        foreach (var dtype in Compute)
        {
            using var p = new Parameter("w", shape, dtype, device);
            p.Set(GradientCheck.Normals((int)shape.Count, 3, 0));
            for (var use = 0; use < 2; use++) Backward(() => op(p.Value));
        }
    }

    /// <summary>Forward and backward of an op on a tensor that is used twice.</summary>
    private void Twice(Func<(Tensor X, int Use), Tensor> op, Shape shape)
    {
        foreach (var dtype in Compute)
        {
            var x = Normal(shape, dtype).Track();
            Backward(() => Add.Apply(op((x, 0)), op((x, 1))));
        }
    }

    private void Backward(Func<Tensor> forward)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = forward();
        tape.Backward(y, Normal(y.Shape, y.DType));
    }

    /// <summary>A call with an operand of the slot's shape and a slot, for every pair of dtypes and β.</summary>
    private void Slots(Shape shape, Action<Tensor, GradientSlot> call, bool onlyZero = false)
    {
        foreach (var (dtype, gradient) in Pairs)
            foreach (var beta in (float[])(onlyZero ? [0] : [0, 1]))
            {
                using var scope = Scope.Enter();
                call(Normal(shape, dtype), new(beta == 0 ? Tensor.Empty(shape, gradient, device) : Normal(shape, gradient), beta));
            }
    }

    private Tensor Normal(Shape shape, DType dtype) => GradientContext.Make(GradientCheck.Normals((int)shape.Count, 5, (ulong)shape.Rank), shape, dtype, device);

    private Tensor Indices(int count, int bound) => Tensor.From<int>(Enumerable.Range(0, count).Select(i => i * 7919 % bound).ToArray(), [count], device);
}

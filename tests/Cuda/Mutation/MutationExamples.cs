using SiaEngine.Cuda;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>
/// Launches in f32 (the last step of the ladder in bf16) that between them reach every instruction: few elements, but several blocks, odd extents,
/// broadcast operands, β 0 and 1.
/// </summary>
internal sealed class MutationExamples(CudaDevice device)
{
    /// <summary>Where functions change their form: zeros, subnormals, √2, the ends of the range, not a number.</summary>
    private static readonly float[] Edges =
    [
        0, -0f, 1, -1, 1e-40f, -1e-40f, 1.17549435e-38f, 1.41421354f, 1.4142137f, 0.70710677f, 0.5f, 2, 8, -8, 20, -20, 87, -87, 89, -89, 100, -100, 127, -127, 3e38f, -3e38f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e-8f, -1e-8f, 0.55f, -0.55f,
    ];

    private ulong _stream;

    /// <summary>Runs everything.</summary>
    public void Run()
    {
        Action[] all = [Elementwise, Unaries, Binaries, Wheres, Casts, Sums, Reduces, Softmaxes, Layouts, Gathers, Embeddings, CheckedIndices, Norms, Rotations, Losses, Attend, Cached, Optimizers, Ladders, AttendTrained, WholeBlocks, Segments, Strides, AttendOnTensorCores];
        foreach (var run in all)
        {
            using var scope = Scope.Enter();
            run();
        }
    }

    private void Elementwise()
    {
        Add.Apply(Normal([300]), Normal([300]));
        Slots([300], (x, slot) => device.Kernels<Add.IKernels>().Accumulate(x, slot));
        Slots([300], (x, slot) => device.Kernels<Scale.IKernels>().Run(x, -1.5, slot));
        Twice(ReluSquared.Apply, [300]);
    }

    /// <summary>Two blocks of 2048 elements, and a rest behind them.</summary>
    private void WholeBlocks()
    {
        const int Count = 2 * 2048 + 300;
        Add.Apply(Normal([Count]), Normal([Count]));
        Slots([Count], (x, slot) => device.Kernels<Add.IKernels>().Accumulate(x, slot));
        Slots([Count], (x, slot) => device.Kernels<Scale.IKernels>().Run(x, -1.5, slot));
        Slots([Count], (_, slot) => device.Kernels<Sum.IKernels>().Backward(Normal([]), slot));
        Twice(ReluSquared.Apply, [Count]);
        var master = Normal([Count]);
        device.Kernels<Muon.IKernels>().Step(master, master, Normal([Count]), 0.02);
        foreach (var from in (DType[])[DType.F32, DType.F64])
            foreach (var to in (DType[])[DType.F32, DType.F64])
                foreach (var beta in (float[])[0, 1]) device.Kernels<Cast.IKernels>().Run(Normal([Count], 1, from), new(beta == 0 ? Tensor.Empty([Count], to, device) : Normal([Count], 1, to), beta));
    }

    /// <summary>Rows that are moved 16 bytes at a time: of a segment and of several.</summary>
    private void Segments()
    {
        foreach (var (rows, columns) in ((int, int)[])[(9, 64), (1, 300), (2, 388), (2, 1060)])
        {
            using var weight = new Parameter("w", [columns], DType.F32, device);
            weight.Set(GradientCheck.Normals(columns, 4, 0));
            Twice(x => RmsNorm.Apply(x, weight.Value), [rows, columns]);
            Twice(x => RmsNorm.Apply(x), [rows, columns]);
        }

        foreach (var columns in (int[])[64, 132, 300, 388, 520]) Embedding.Apply(Normal([5, columns]), Indices(9, 5));
        // A target in each place of each of a thread's four pieces.
        Twice(x => CrossEntropy.Apply(x, Tensor.From<int>([.. Enumerable.Range(0, 16).Select(i => 1024 * (i / 4) + 8 + i % 4), CrossEntropy.Ignored], [17], device)), [17, 4100]);
        foreach (var classes in (int[])[300, 1100, 2100, 3100]) Twice(x => CrossEntropy.Apply(Scale.Apply(x, 100), Indices(2, classes)), [2, classes]);
        foreach (var normalize in (bool[])[true, false])
        {
            // Heads of one lane, of four in more than one warp, and of a warp.
            Twice(x => PRope.Apply(x, Normal([4]), 3, firstPosition: 5, normalize: normalize), [2, 3, 3 * 3 * 8]);
            Twice(x => PRope.Apply(x, Normal([16]), 5, normalize: normalize), [1, 2, 3 * 5 * 32]);
            Twice(x => PRope.Apply(x, Normal([128]), 1, normalize: normalize), [1, 2, 3 * 256]);
        }
    }

    /// <summary>Sums whose threads stride over a tensor in pieces of 16 bytes: up to four pieces and more, pieces that the end cuts, tensors that begin elsewhere.</summary>
    private void Strides()
    {
        var (norm, muon) = (new CudaModule(device, "gradient_norm"), new CudaModule(device, "muon"));
        foreach (var (count, partials, vectors) in ((int, int, int)[])[(403, 1, 1), (1030, 1, 1), (2051, 1, 1), (3075, 1, 1), (9000, 2, 1), (5001, 1, 1), (1030, 2, 0), (2500, 2, 0)])
        {
            Tensor Moved() => vectors == 1 ? Normal([count]) : Normal([count + 1, 1]).Rows(1, count).As([count]);
            var sums = Tensor.Empty([partials], DType.F64, device);
            norm[DType.F32, "partial"].Launch(LaunchShape.Rows(partials, 256), Moved(), sums, (long)count, vectors, partials);
            muon[DType.F32, "momentum"].Launch(LaunchShape.Rows(partials, 256), Moved(), Moved(), vectors == 1 ? Tensor.Empty([count], DType.F32, device) : Moved(), sums, (long)count, vectors, partials, 0.9f, 0.5f);
            muon[DType.F32, "normalize"].Launch(LaunchShape.Rows(partials, 256), Moved(), sums, (long)count, vectors, partials);
        }

        foreach (var count in (int[])[403, 405, 1030, 2051, 3075]) Sum.Apply(Normal([count]));
        Sum.Apply(Normal([2501, 1]).Rows(1, 2500));
        foreach (var beta in (float[])[0, 1])
            norm[DType.F64, "total"].Launch(LaunchShape.Rows(1, 256), Normal([500], 1, DType.F64), beta == 0 ? Tensor.Empty([1], DType.F64, device) : Normal([1], 1, DType.F64), 500, beta);
        muon[DType.F32, "normalize"].Launch(LaunchShape.Rows(2, 256), Normal([300]), Tensor.From<double>([.. Enumerable.Range(0, 500).Select(i => 1.0 + i % 7)], [500], device), 300L, 1, 500);
    }

    private void Unaries()
    {
        foreach (var f in Enum.GetValues<UnaryFunction>())
        {
            Unary.Apply(f, Normal([300], 3));
            Unary.Apply(f, Special());
            Slots([300], (x, slot) => device.Kernels<Unary.IKernels>().Backward(f, x, Unary.Apply(f, x), slot));
            Slots([Edges.Length], (_, slot) => device.Kernels<Unary.IKernels>().Backward(f, Normal([Edges.Length]), f is UnaryFunction.Sqrt or UnaryFunction.Reciprocal or UnaryFunction.Exp or UnaryFunction.Tanh or UnaryFunction.Sigmoid ? Unary.Apply(f, Special()) : Special(), slot));
        }
    }

    private void Binaries()
    {
        foreach (var f in Enum.GetValues<BinaryFunction>())
        {
            Binary.Apply(f, Normal([2, 3, 2, 5]), Normal([3, 1, 5]));
            Binary.Apply(f, Normal([2, 1, 3, 1]), Normal([2, 4, 1, 5]));
            Binary.Apply(f, Normal([3, 300]), Normal([300]));
            Binary.Apply(f, Special(), Tensor.From<float>([.. Edges[1..], Edges[0]], [Edges.Length], device));
            if (f is BinaryFunction.Add or BinaryFunction.Subtract) continue;
            foreach (var first in (bool[])[true, false])
            {
                // Equal operands.
                Slots([Edges.Length], (_, slot) => device.Kernels<Binary.IKernels>().Backward(f, Normal([Edges.Length]), Special(), Special(), first, slot));
                Slots([3, 300], (x, slot) => device.Kernels<Binary.IKernels>().Backward(f, x, Normal([3, 300]), Normal([300]), first, slot));
                Slots([2, 3, 2, 5], (x, slot) => device.Kernels<Binary.IKernels>().Backward(f, x, first ? Normal([2, 3, 2, 5]) : Normal([2, 1, 2, 1]), first ? Normal([3, 1, 5]) : Normal([2, 3, 2, 5]), first, slot));
            }
        }
    }

    private void Wheres()
    {
        var row = Tensor.From<int>(Enumerable.Range(0, 300).Select(i => i % 3 - 1).ToArray(), [300], device);
        var outer = Tensor.From<int>([0, 1, 7, 0, 0, -2], [2, 3, 1, 1], device);
        Where.Apply(row, Normal([3, 300]), Normal([3, 300]));
        Where.Apply(outer, Normal([2, 3, 2, 5]), Normal([2, 3, 2, 5]));
        foreach (var holds in (bool[])[true, false])
        {
            Slots([3, 300], (x, slot) => device.Kernels<Where.IKernels>().Backward(x, row, holds, slot));
            Slots([2, 3, 2, 5], (x, slot) => device.Kernels<Where.IKernels>().Backward(x, outer, holds, slot));
        }
    }

    private void Casts()
    {
        foreach (var from in (DType[])[DType.F32, DType.F64])
            foreach (var to in (DType[])[DType.F32, DType.F64])
                foreach (var beta in (float[])[0, 1]) device.Kernels<Cast.IKernels>().Run(Normal([300], 1, from), new(beta == 0 ? Tensor.Empty([300], to, device) : Normal([300], 1, to), beta));
    }

    private void Sums()
    {
        Sum.Apply(Normal([9000]));
        Sum.Apply(Normal([70]));
        foreach (var beta in (float[])[0, 1]) device.Kernels<Sum.IKernels>().Backward(Normal([]), new(beta == 0 ? Tensor.Empty([300], DType.F32, device) : Normal([300]), beta));
        new CudaModule(device, "sum")[DType.F32, "total"].Launch(LaunchShape.Rows(1, 256), Normal([600]), Tensor.Empty([1], DType.F32, device), 600);
        foreach (var beta in (float[])[0, 1])
        {
            new CudaModule(device, "gradient_norm")[DType.F64, "total"].Launch(LaunchShape.Rows(1, 256), Normal([250], 1, DType.F64), beta == 0 ? Tensor.Empty([1], DType.F64, device) : Normal([1], 1, DType.F64), 250, beta);
            device.Kernels<GradientNorm.IKernels>().SumOfSquares(Normal([5000]), new(beta == 0 ? Tensor.Empty([1], DType.F64, device) : Normal([1], 1, DType.F64), beta));
            device.Kernels<GradientNorm.IKernels>().SumOfSquares(Normal([300]), new(beta == 0 ? Tensor.Empty([1], DType.F64, device) : Normal([1], 1, DType.F64), beta));
        }
    }

    private void Reduces()
    {
        var kernels = device.Kernels<Reduce.IKernels>();
        foreach (var f in (ReduceFunction[])[ReduceFunction.Mean, ReduceFunction.Max])
        {
            Slots([3], (x, slot) => kernels.Forward(f, Normal([3, 37]), 1, slot));
            Slots([3], (x, slot) => kernels.Forward(f, Normal([3, 301]), 1, slot));
            Slots([9], (x, slot) => kernels.Forward(f, Rows(9, 300), 1, slot));
            Slots([9, 31], (x, slot) => kernels.Forward(f, Normal([9, 5, 31]), 1, slot));
        }

        Slots([3, 5, 31], (x, slot) => kernels.Backward(ReduceFunction.Mean, Normal([3, 31]), null, null, 1, slot));
        Slots([9, 5, 31], (x, slot) => kernels.Backward(ReduceFunction.Max, Normal([9, 31]), x, Reduce.Max(x, 1), 1, slot));
        Slots([3, 4], (x, slot) =>
        {
            var tied = Tensor.From<float>([1, 2, 2, 0, 3, 3, 3, 3, -1, -2, -3, -1], [3, 4], device);
            kernels.Backward(ReduceFunction.Max, Normal([3]), tied, Reduce.Max(tied, 1), 1, slot);
        });
    }

    private void Softmaxes()
    {
        Softmax.Apply(Rows(9, 300));
        foreach (var columns in (int[])[29, 301])
        {
            Softmax.Apply(Normal([3, columns]));
            Slots([3, columns], (x, slot) => device.Kernels<Softmax.IKernels>().Backward(x, Normal([3, columns]), slot));
        }
    }

    private void Layouts()
    {
        foreach (var (matrices, rows, columns) in ((int, int, int)[])[(2, 35, 59), (1, 59, 35), (2, 32, 5)])
            Slots([matrices, columns, rows], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([matrices, rows, columns]), 1, 2, slot));
        Slots([5, 3, 2, 300], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([2, 3, 5, 300]), 0, 2, slot));
        Slots([4, 3, 2, 7], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([2, 3, 4, 7]), 0, 2, slot));
        Slots([3, 30, 9], (x, slot) => device.Kernels<Slice.IKernels>().Run(Normal([3, 50, 9]), 20, slot, 3, 12, 1));
        Slots([3, 300], (x, slot) => device.Kernels<Slice.IKernels>().Run(Normal([3, 400]), 20, slot, 3, 270, 1));
    }

    private void Gathers()
    {
        var indices = Tensor.From<int>(Enumerable.Range(0, 5 * 63).Select(i => i * 7919 % 101).ToArray(), [5, 63], device);
        Gather.Apply(Normal([5, 101]), indices);
        Slots([5, 101], (x, slot) => device.Kernels<Gather.IKernels>().Backward(Normal([5, 63]), indices, slot));
        var wide = Indices(2 * 300, 301).As([2, 300]);
        Gather.Apply(Normal([2, 301]), wide);
        Slots([2, 301], (x, slot) => device.Kernels<Gather.IKernels>().Backward(Normal([2, 300]), wide, slot));
    }

    private void Embeddings()
    {
        foreach (var (vocabulary, columns, ids) in ((int, int, int)[])[(37, 35, 90), (7, 3, 1100), (1100, 2, 300), (1024, 1, 5), (5, 300, 9)])
        {
            using var weight = new Parameter("w", [vocabulary, columns], DType.F32, device);
            weight.Set(GradientCheck.Normals(vocabulary * columns, 3, 0));
            for (var use = 0; use < 2; use++) Backward(() => Embedding.Apply(weight.Value, Indices(ids, vocabulary)));
        }
    }

    private void CheckedIndices()
    {
        device.CheckIndices("example", static bound => $"[0, {bound})", Indices(300, 50), 50);
        device.CheckIndices("example", static bound => $"[0, {bound})", Tensor.From<int>([3, -7, 0, 49, -7], [5], device), 50, -7);
        foreach (var bad in (int[][])[[3, 50, 4, -1], [0, 1, 2, -5, 60], [.. Enumerable.Range(0, 300).Select(i => i == 280 ? 50 : 1)]])
            Assert.Throws<IndexException>(() => device.CheckIndices("example", static bound => $"[0, {bound})", Tensor.From<int>(bad, [bad.Length], device), 50, -7));
    }

    private void Norms()
    {
        foreach (var (rows, columns) in ((int, int)[])[(11, 37), (70, 3), (2, 300)])
        {
            using var weight = new Parameter("w", [columns], DType.F32, device);
            weight.Set(GradientCheck.Normals(columns, 4, 0));
            for (var use = 0; use < 2; use++) Backward(() => RmsNorm.Apply(Normal([rows, columns]), weight.Value));
            Twice(x => RmsNorm.Apply(x, weight.Value), [rows, columns]);
        }

        Twice(x => RmsNorm.Apply(x), [11, 37]);
    }

    private void Rotations()
    {
        foreach (var normalize in (bool[])[true, false])
        {
            Twice(x => PRope.Apply(x, Normal([10]), 3, firstPosition: 5, normalize: normalize), [2, 3, 3 * 3 * 20]);
            Twice(x => PRope.Apply(x, Normal([2]), 9, normalize: normalize), [1, 2, 3 * 9 * 4]);
            Twice(x => PRope.Apply(x, Normal([35]), 1, normalize: normalize), [1, 2, 3 * 70]);
            Twice(x => PRope.Apply(x, Normal([300]), 1, normalize: normalize), [1, 1, 3 * 600]);
        }
    }

    private void Losses()
    {
        Twice(x => CrossEntropy.Apply(x, Tensor.From<int>([3, CrossEntropy.Ignored, 6, 0], [4], device)), [4, 7]);
        Twice(x => CrossEntropy.Apply(x, Indices(3, 301)), [3, 301]);
        CrossEntropy.Apply(Rows(9, 300), Indices(9, 300));
        Backward(() =>
        {
            var logits = Scale.Apply(Normal([3, 301]).Track(), 3);
            return CrossEntropy.Apply(logits, Indices(3, 301));
        });
    }

    private void Attend()
    {
        foreach (var (batch, length, heads, dim) in ((int, int, int, int)[])[(2, 5, 1, 6), (1, 36, 2, 20), (1, 35, 1, 32), (1, 32, 1, 4), (1, 3, 1, 50)])
        {
            // Shifts of some hundred make weights of the future overflow if they are not hidden.
            var (a, m, rowScale) = (Normal([heads, length]), Normal([heads, length], length == 5 ? 300 : 1), Normal([heads, length == 5 ? 300 : length]));
            var x = Normal([batch, length, 3 * heads * dim]);
            if (length == 36)
            {
                // Only the row scale is trained.
                Backward(() => Attention.Apply(x, heads, a, m, rowScale.Track()));
            }

            Twice(y => Attention.Apply(y, heads, a, m, rowScale.Track()), x.Shape);
            Backward(() => Attention.Apply(x.Track(), heads, a, m));
        }
    }

    private void AttendTrained()
    {
        foreach (var (batch, length, heads, dim) in ((int, int, int, int)[])[(2, 5, 2, 6), (1, 36, 2, 20), (2, 35, 1, 32), (1, 96, 1, 4), (1, 67, 1, 50)])
        {
            // Shared and per head, as long as the sequence and longer.
            var (a, m) = (Normal([length == 36 ? heads : 1, length]), Normal([length == 36 ? 1 : heads, length is 35 or 96 ? 300 : length], length == 5 ? 300 : 1));
            var (x, rowScale) = (Normal([batch, length, 3 * heads * dim]), Normal([heads, length]));
            Twice(y => Attention.Apply(x, heads, y, m, rowScale), a.Shape);
            Twice(y => Attention.Apply(x, heads, a, y), m.Shape);
        }
    }

    private void AttendOnTensorCores()
    {
        foreach (var (batch, length, heads, dim) in ((int, int, int, int)[])[(1, 195, 1, 64), (2, 5, 2, 24)])
        {
            var (a, m, rowScale) = (Normal([heads, length]), Normal([heads, length + 2], length == 5 ? 300 : 1), Normal([heads, length]));
            var (qkv, dy) = (Normal([batch, length, 3 * heads * dim], 1, DType.BF16), Normal([batch, length, heads * dim], 1, DType.BF16));
            var (y, lse) = (Tensor.Empty(dy.Shape, DType.BF16, device), Tensor.Empty([batch, heads, length], DType.F32, device));
            var (kernels, dr) = (device.Kernels<Attention.IKernels>(), Normal(rowScale.Shape));
            kernels.Forward(qkv, heads, a, m, rowScale, y, lse);
            foreach (var beta in (float[])[0, 1])
                kernels.Backward(dy, qkv, heads, a, m, rowScale, y, lse, new(beta == 0 ? Tensor.Empty(qkv.Shape, DType.BF16, device) : Normal(qkv.Shape, 1, DType.BF16), beta), beta == 0 ? null : new(dr, 1));
            if (length == 5) kernels.Backward(dy, qkv, heads, a, m, rowScale, y, lse, null, new(dr, 0));
        }
    }

    private void Cached()
    {
        foreach (var (batch, capacity, heads, dim) in ((int, int, int, int)[])[(2, 5, 1, 6), (1, 24, 2, 32), (2, 20, 2, 50), (1, 4, 9, 32)])
        {
            using var cache = new KeyValueCache(batch, capacity, heads * dim, DType.F32, device);
            var (a, m) = (Normal([heads, capacity]), Normal([heads, capacity]));
            foreach (var rows in (int[])[capacity / 3, capacity / 2, 1]) CachedAttention.Apply(Normal([batch, rows, 3 * heads * dim]), heads, a, m, cache, rows == 1 ? null : Normal([heads, capacity + 2]));
        }
    }

    private void Optimizers()
    {
        using var p = new Parameter("w", [300], DType.F32, device);
        p.Set(GradientCheck.Normals(300, 3, 0));
        using var adamw = new AdamW([p], 0.01, weightDecay: 0.1);
        for (var step = 0; step < 2; step++)
        {
            p.ClearGradient();
            Backward(() => Scale.Apply(p.Value, 1));
            adamw.Step();
        }

        foreach (var partials in (int[])[20, 250])
            new CudaModule(device, "muon")[DType.F32, "normalize"].Launch(LaunchShape.Rows(2, 256), Normal([300]), Normal([partials], 1, DType.F64), 300L, 1, partials);
        foreach (var count in (int[])[300, 5000])
        {
            var (gradient, buffer, x) = (Normal([count]), Normal([count]), Tensor.Empty([count], DType.F32, device));
            device.Kernels<Muon.IKernels>().Direction(gradient, buffer, x, 0.9, 0.5);
            if (count > 300) continue;
            var master = Normal([count]);
            device.Kernels<Muon.IKernels>().Step(master, master, x, 0.02);
        }
    }

    private void Ladders()
    {
        foreach (var (name, tiles) in ((string, int[][])[])[
            ("gemm_1_naive", [[1, 1, 1], [2, 2, 5]]), ("gemm_2_shared", [[1, 2, 1], [2, 1, 3], [1, 1, 33]]), ("gemm_3_registers", [[1, 1, 1], [1, 2, 2], [2, 1, 1], [1, 1, 17]]),
            ("gemm_4_async", [[1, 1, 1], [1, 2, 1], [2, 1, 3], [1, 1, 17]]), ("gemm_5_mma", [[1, 1, 1], [1, 2, 1], [2, 1, 3], [1, 1, 33]])])
        {
            var step = Ladder.Gemm.Single(s => s.Name == name);
            foreach (var tile in tiles)
            {
                int[] e = [.. step.Extents.Select((extent, i) => extent.Multiple * tile[i])];
                Launch(step, e, [Normal([e[0], e[2]], 1, step.Input), Normal([e[2], e[1]], 1, step.Input)], e[0] * e[1]);
            }
        }

        foreach (var step in Ladder.Reduction)
            foreach (var (rows, columns) in step == Ladder.Reduction[0] ? ((int, int)[])[(300, 8), (3, 300)] : [(2, 300), (3, 1300), (1, 4100)]) Launch(step, [rows, columns], [Normal([rows, columns])], rows);
    }

    private void Launch(LadderStep step, int[] extents, Tensor[] inputs, int results)
    {
        var function = device.Driver.GetFunction(device.Driver.LoadModule(PtxLibrary.Load(step.Source)), step.Entry);
        device.Driver.Launch(function, step.Shape(extents), [.. inputs.Select(x => (KernelArg)x), (KernelArg)Tensor.Empty([results], DType.F32, device), .. extents.Select(e => (KernelArg)e)]);
    }

    /// <summary>Forward and backward of an op on a tensor that is used twice, so that its second gradient is added to the first.</summary>
    private void Twice(Func<Tensor, Tensor> op, Shape shape)
    {
        var x = Normal(shape).Track();
        Backward(() => Add.Apply(op(x), op(x)));
    }

    private void Backward(Func<Tensor> forward)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = forward();
        tape.Backward(y, Normal(y.Shape));
    }

    private void Slots(Shape shape, Action<Tensor, GradientSlot> call)
    {
        foreach (var beta in (float[])[0, 1])
        {
            using var scope = Scope.Enter();
            call(Normal(shape), new(beta == 0 ? Tensor.Empty(shape, DType.F32, device) : Normal(shape), beta));
        }
    }

    private Tensor Normal(Shape shape, double scale = 1, DType dtype = DType.F32)
    {
        var values = GradientCheck.Normals((int)shape.Count, 5, _stream++);
        for (var i = 0; i < values.Length; i++) values[i] *= scale;
        return GradientContext.Make(values, shape, dtype, device);
    }

    /// <summary>Rows whose largest elements lie in different warps and passes of a block.</summary>
    private Tensor Rows(int rows, int columns)
    {
        var values = GradientCheck.Normals(rows * columns, 5, _stream++);
        for (var r = 0; r < rows; r++) values[r * columns + (r * 35 + 7) % columns] = 4 + r % 3;
        return GradientContext.Make(values, [rows, columns], DType.F32, device);
    }

    private Tensor Special() => Tensor.From<float>(Edges, [Edges.Length], device);

    private Tensor Indices(int count, int bound) => Tensor.From<int>(Enumerable.Range(0, count).Select(i => i * 7919 % bound).ToArray(), [count], device);
}

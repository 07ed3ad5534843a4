using SiaEngine.Cuda;
using SiaEngine.Ops;

namespace SiaEngine.Train.Kernels;

/// <summary>Launches every kernel of <c>native/ptx</c>, the ladders apart, on zeros made on the device: what time they take does not depend on the values.</summary>
internal sealed class KernelSweep(CudaDevice device, SweepSize size)
{
    private static readonly DType[] Compute = [DType.F32, DType.BF16];
    private static readonly (DType X, DType Gradient)[] Pairs = [(DType.F32, DType.F32), (DType.BF16, DType.BF16), (DType.BF16, DType.F32)];

    /// <summary>Heads of all widths that kernels are made for; 28, 60 and 124 columns do not fit tensor cores.</summary>
    private static readonly int[] HeadDims = [16, 28, 32, 60, 64, 124, 128, 256];

    /// <summary>The parts, by name, each to be run as often as launches are to be timed.</summary>
    public IReadOnlyList<(string Name, Action Run)> Parts =>
    [
        ("copy and products", Measures), ("elementwise", Elementwise), ("broadcast", Broadcast), ("rows", Rows), ("reductions", Reductions), ("layout", Layout), ("indices", Indices),
        ("rotation", Rotation), ("attention", Attend), ("decoding", Decode), ("optimizers", Optimizers),
    ];

    private Shape Matrix => [size.Rows, size.Columns];

    /// <summary>What shares are taken of: a copy, and square products.</summary>
    private void Measures()
    {
        using var scope = Scope.Enter();
        var (from, to) = (Zeros([size.CopyBytes / 4], DType.F32), Tensor.Empty([size.CopyBytes / 4], DType.F32, device));
        to.CopyFrom(from);
        foreach (var dtype in Compute)
        {
            using var inner = Scope.Enter();
            var (a, b) = (Zeros([size.Product, size.Product], dtype), Zeros([size.Product, size.Product], dtype));
            device.Kernels<MatMul.IKernels>().Run(a, b, Tensor.Like(a), false, true, 1, 0);
        }
    }

    private void Elementwise()
    {
        foreach (var dtype in (DType[])[DType.F32, DType.BF16, DType.F64])
            foreach (var to in (DType[])[DType.F32, DType.BF16, DType.F64]) In(() => device.Kernels<Cast.IKernels>().Run(Zeros(Matrix, dtype), new(Tensor.Empty(Matrix, to, device), 0)));
        foreach (var dtype in Compute)
        {
            In(() => Add.Apply(Zeros(Matrix, dtype), Zeros(Matrix, dtype)));
            foreach (var f in Enum.GetValues<UnaryFunction>()) In(() => Unary.Apply(f, Zeros(Matrix, dtype)));
            foreach (var f in Enum.GetValues<BinaryFunction>()) In(() => Binary.Apply(f, Zeros(Matrix, dtype), Zeros(Matrix, dtype)));
            In(() => ReluSquared.Apply(Zeros(Matrix, dtype)));
            In(() => Sum.Apply(Zeros(Matrix, dtype)));
            In(() => device.Kernels<Sum.IKernels>().Backward(Zeros([], DType.F32), new(Tensor.Empty(Matrix, dtype, device), 0)));
        }

        Slots(Matrix, (x, slot) => device.Kernels<Add.IKernels>().Accumulate(x, slot with { Beta = 1 }));
        Slots(Matrix, (x, slot) => device.Kernels<Scale.IKernels>().Run(x, -1.5, slot));
        Slots(Matrix, (x, slot) => device.Kernels<ReluSquared.IKernels>().Backward(x, x, slot));
        foreach (var f in Enum.GetValues<UnaryFunction>()) Slots(Matrix, (x, slot) => device.Kernels<Unary.IKernels>().Backward(f, x, Zeros(Matrix, x.DType), slot));
    }

    private void Broadcast()
    {
        foreach (var f in Enum.GetValues<BinaryFunction>())
        {
            foreach (var dtype in Compute) In(() => Binary.Apply(f, Zeros(Matrix, dtype), Zeros([size.Columns], dtype)));
            if (f is BinaryFunction.Add or BinaryFunction.Subtract) continue;
            foreach (var first in (bool[])[true, false])
                Slots(Matrix, (x, slot) => device.Kernels<Binary.IKernels>().Backward(f, x, Zeros(Matrix, x.DType), Zeros([size.Columns], x.DType), first, slot));
        }

        var condition = Indices(size.Columns, 2);
        foreach (var dtype in Compute) In(() => Where.Apply(condition, Zeros(Matrix, dtype), Zeros(Matrix, dtype)));
        Slots(Matrix, (x, slot) => device.Kernels<Where.IKernels>().Backward(x, condition, true, slot));
    }

    private void Rows()
    {
        foreach (var dtype in Compute)
        {
            In(() => Softmax.Apply(Zeros(Matrix, dtype)));
            Trained([size.Columns], dtype, weight => RmsNorm.Apply(Zeros(Matrix, dtype).Track(), weight));
            Backward(() => RmsNorm.Apply(Zeros(Matrix, dtype).Track()));
            Backward(() => RmsNorm.Apply(Zeros(Matrix, dtype).Track(), Zeros([size.Columns], dtype).Track()));
            Backward(() => CrossEntropy.Apply(Zeros([size.Rows / 4, size.Vocabulary], dtype).Track(), Indices(size.Rows / 4, size.Vocabulary)));
        }

        Slots(Matrix, (x, slot) => device.Kernels<Softmax.IKernels>().Backward(x, Zeros(Matrix, x.DType), slot));
    }

    private void Reductions()
    {
        var kernels = device.Kernels<Reduce.IKernels>();
        foreach (var f in Enum.GetValues<ReduceFunction>())
        {
            foreach (var axis in (int[])[0, 1])
            {
                Shape rest = [axis == 0 ? size.Columns : size.Rows];
                Slots(rest, (x, slot) => kernels.Forward(f, Zeros(Matrix, x.DType), axis, slot));
                Slots(Matrix, (x, slot) => kernels.Backward(f, Zeros(rest, x.DType), f == ReduceFunction.Max ? x : null, f == ReduceFunction.Max ? Zeros(rest, x.DType) : null, axis, slot));
            }
        }
    }

    private void Layout()
    {
        Slots([size.Columns, size.Rows], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As(Matrix), 0, 1, slot));
        Slots([size.Rows, 4, size.Columns / 4], (x, slot) => device.Kernels<Transpose.IKernels>().Run(x.As([4, size.Rows, size.Columns / 4]), 0, 1, slot));
        Slots([size.Rows, size.Columns / 2], (x, slot) => device.Kernels<Slice.IKernels>().Run(Zeros(Matrix, x.DType), size.Columns / 4, slot, 0, size.Columns / 2, 1));
    }

    private void Indices()
    {
        var picks = Indices(size.Rows * 16, size.Columns).As([size.Rows, 16]);
        foreach (var dtype in Compute)
        {
            In(() => Gather.Apply(Zeros(Matrix, dtype), picks));
            Trained([size.Vocabulary, size.Columns], dtype, weight => Embedding.Apply(weight, Indices(size.Rows, size.Vocabulary)));
            Backward(() => Embedding.Apply(Zeros([size.Vocabulary, size.Columns], dtype).Track(), Indices(size.Rows, size.Vocabulary)));
        }

        Slots(Matrix, (x, slot) => device.Kernels<Gather.IKernels>().Backward(Zeros([size.Rows, 16], x.DType), picks, slot));
    }

    private void Rotation()
    {
        foreach (var dtype in Compute)
            foreach (var normalize in (bool[])[true, false])
                Backward(() => PRope.Apply(Zeros([size.Sequences, size.Length, 3 * size.Heads * 64], dtype).Track(), Zeros([32], DType.F32), size.Heads, normalize: normalize));
    }

    private void Attend()
    {
        foreach (var dim in HeadDims)
        {
            foreach (var dtype in Compute)
            {
                Shape qkv = [size.Sequences, size.Length, 3 * size.Heads * dim];
                Backward(() => Attention.Apply(Zeros(qkv, dtype).Track(), size.Heads, Table(), Table()));
                Backward(() => Attention.Apply(Zeros(qkv, dtype).Track(), size.Heads, Table(), Table(), Zeros([size.Heads, size.Length], DType.F32).Track()));
                Backward(() => Attention.Apply(Zeros(qkv, dtype), size.Heads, Table().Track(), Table().Track()));
            }
        }
    }

    private void Decode()
    {
        foreach (var dim in HeadDims)
        {
            foreach (var dtype in Compute)
            {
                using var scope = Scope.Enter();
                using var cache = new KeyValueCache(size.Sequences, size.Length, size.Heads * dim, dtype, device);
                foreach (var rows in (int[])[size.Length - 1, 1]) CachedAttention.Apply(Zeros([size.Sequences, rows, 3 * size.Heads * dim], dtype), size.Heads, Table(), Table(), cache);
            }
        }
    }

    private void Optimizers()
    {
        foreach (var dtype in Compute)
        {
            using var scope = Scope.Enter();
            using var p = new Parameter("w", Matrix, dtype, device);
            p.Master.Clear();
            p.RoundMaster();
            Backward(() => Scale.Apply(p.Value, 1));
            using (var adamw = new AdamW([p], 0.01)) adamw.Step();
            using (var muon = new Muon([p], 0.01)) muon.Step();
            GradientNorm.Compute([p]);
            device.Kernels<GradientNorm.IKernels>().SumOfSquares(Zeros(Matrix, dtype), new(Zeros([1], DType.F64), 0));
        }
    }

    private Tensor Table() => Zeros([1, size.Length], DType.F32);

    private void Trained(Shape shape, DType dtype, Func<Tensor, Tensor> op)
    {
        using var p = new Parameter("w", shape, dtype, device);
        p.Master.Clear();
        p.RoundMaster();
        Backward(() => op(p.Value));
    }

    private void Backward(Func<Tensor> forward)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = forward();
        tape.Backward(y, Zeros(y.Shape, y.DType));
    }

    private static void In(Action work)
    {
        using var scope = Scope.Enter();
        work();
    }

    /// <summary>A call with an operand of the slot's shape and a slot, for every pair of dtypes.</summary>
    private void Slots(Shape shape, Action<Tensor, GradientSlot> call)
    {
        foreach (var (dtype, gradient) in Pairs) In(() => call(Zeros(shape, dtype), new(Zeros(shape, gradient), 0)));
    }

    private Tensor Zeros(Shape shape, DType dtype) => Tensor.Zeros(shape, dtype, device);

    private Tensor Indices(int count, int bound) => Tensor.From<int>([.. Enumerable.Range(0, count).Select(i => (int)(i * 7919L % bound))], [count], device);
}

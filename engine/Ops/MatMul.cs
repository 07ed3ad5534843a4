namespace SiaEngine.Ops;

/// <summary>Product of the matrices in the last two axes, over equal leading (batch) axes.</summary>
/// <remarks>
/// forward   y = op(a) op(b)                    op(a) [.., M, K]   op(b) [.., K, N]   y [.., M, N],  op = transpose or not
/// backward  d op(a) = dy op(b)ᵀ;   d op(b) = op(a)ᵀ dy;   a transposed operand gets the transpose, by swapping the factors
/// saves     a if b is tracked, b if a is
/// </remarks>
public readonly struct MatMul : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = alpha · op(a) op(b) + beta · y for every matrix of the batch; beta 0 does not read y.</summary>
        void Run(Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, float alpha, float beta);
    }

    private readonly Tensor _a, _b;
    private readonly bool _transposeA, _transposeB;

    private MatMul(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        _a = b.IsTracked ? Tape.Save(a) : Tape.Track(a);
        _b = a.IsTracked ? Tape.Save(b) : Tape.Track(b);
        (_transposeA, _transposeB) = (transposeA, transposeB);
    }

    /// <inheritdoc/>
    public static string Id => "matmul";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("nn", static (_, t) => Apply(t[0], t[1]), [3, 5], [5, 7]),
        new("nt", static (_, t) => Apply(t[0], t[1], transposeB: true), [3, 5], [7, 5]),
        new("tn", static (_, t) => Apply(t[0], t[1], transposeA: true), [5, 3], [5, 7]),
        new("tt", static (_, t) => Apply(t[0], t[1], true, true), [5, 3], [7, 5]),
        new("batch", static (_, t) => Apply(t[0], t[1]), [2, 3, 4, 5], [2, 3, 5, 1]),
        new("batch nt", static (_, t) => Apply(t[0], t[1], transposeB: true), [3, 1, 5], [3, 2, 5]),
        new("same tensor twice", static (_, t) => Apply(t[0], t[0], transposeB: true), [4, 3]),
        new("size 1", static (_, t) => Apply(t[0], t[1]), [1, 1], [1, 1]),
    ];

    /// <summary>op(a) op(b).</summary>
    /// <exception cref="ShapeException">Batch axes differ or the inner extents do not agree.</exception>
    public static Tensor Apply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        Throw.Unless(a.Shape.Rank >= 2 && b.Shape.Rank == a.Shape.Rank && a.Shape.DropLast.DropLast == b.Shape.DropLast.DropLast, Id,
            "a and b must be matrices with equal leading axes", a, b);
        var (m, k) = Extents(a, transposeA);
        var (inner, n) = Extents(b, transposeB);
        Throw.Unless(k == inner, Id, transposeA || transposeB
            ? "the inner extents must agree after transposition" : "the last axis of a must be the first matrix axis of b", a, b);
        Throw.UnlessDType(a.DType == b.DType, Id, "a and b must have one dtype", a, b);
        var y = Tensor.Empty(a.Shape.WithLastTwo(m, n), a.DType, a.Device);
        a.Device.Kernels<IKernels>().Run(a, b, y, transposeA, transposeB, 1, 0);
        return Tape.Needs(a, b) ? Tape.Record(new MatMul(a, b, transposeA, transposeB), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = dy.Device.Kernels<IKernels>();
        if (grads.Slot(_a, out var da))
        {
            if (_transposeA) kernels.Run(_b, dy, da.Grad, _transposeB, true, 1, da.Beta);
            else kernels.Run(dy, _b, da.Grad, false, !_transposeB, 1, da.Beta);
        }

        if (grads.Slot(_b, out var db))
        {
            if (_transposeB) kernels.Run(dy, _a, db.Grad, true, _transposeA, 1, db.Beta);
            else kernels.Run(_a, dy, db.Grad, !_transposeA, false, 1, db.Beta);
        }
    }

    private static (int Rows, int Columns) Extents(Tensor x, bool transpose)
    {
        var (rows, columns) = (x.Shape[-2], x.Shape[-1]);
        return transpose ? (columns, rows) : (rows, columns);
    }
}

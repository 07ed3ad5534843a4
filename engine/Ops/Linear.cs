namespace SiaEngine.Ops;

/// <summary>Matrix product with a weight stored [out, in], optionally added to a residual stream in the same pass.</summary>
/// <remarks>
/// forward   y = x Wᵀ (+ residual)              x [.., K]   W [N, K]   y, residual [.., N]
/// backward  dx = dy W;   dW = dyᵀ x;   dresidual = dy, handed on without a copy
/// saves     x if W is trained, W if x is
/// </remarks>
public readonly struct Linear : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = x Wᵀ (+ residual).</summary>
        void Forward(Tensor x, Tensor weight, Tensor? residual, Tensor y);

        /// <summary>dx = dy W.</summary>
        void BackwardInput(Tensor dy, Tensor weight, GradientSlot dx);

        /// <summary>dW = dyᵀ x, in the dtype of the slot.</summary>
        void BackwardWeight(Tensor dy, Tensor x, GradientSlot dweight);
    }

    private readonly Tensor _x, _weight;
    private readonly Tensor? _residual;

    private Linear(Tensor x, Tensor weight, Tensor? residual)
    {
        _x = weight.IsTracked ? Tape.Save(x) : Tape.Track(x);
        _weight = x.IsTracked ? Tape.Save(weight) : Tape.Track(weight);
        _residual = Tape.Track(residual);
    }

    /// <inheritdoc/>
    public static string Id => "linear";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(t[0], t[1]), [3, 5, 7], [11, 7]),
        new("residual", static (_, t) => Apply(t[0], t[1], t[2]), [5, 13], [9, 13], [5, 9]),
        new("residual is the input", static (_, t) => Apply(t[0], t[1], t[0]), [4, 6], [6, 6]),
        new("one row", static (_, t) => Apply(t[0], t[1]), [1, 17], [3, 17]),
        new("size 1", static (_, t) => Apply(t[0], t[1], t[2]), [1, 1], [1, 1], [1, 1]),
    ];

    /// <summary>x Wᵀ (+ residual).</summary>
    /// <exception cref="ShapeException">The weight is not [N, K] or the residual not [.., N].</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? residual = null)
    {
        Throw.Unless(weight.Shape.Rank == 2 && x.Shape.Rank > 0 && x.Shape.Last == weight.Shape[1], Id, "weight must be [N, K], K the last axis of x", x, weight);
        Throw.UnlessDType(weight.DType == x.DType, Id, "x and weight must have one dtype", x, weight);
        var shape = x.Shape.WithLast(weight.Shape[0]);
        if (residual is { } r)
        {
            Throw.Unless(r.Shape == shape, Id, "residual must be [.., N], the shape of the result", x, weight, r, cName: nameof(residual));
            Throw.UnlessDType(r.DType == x.DType, Id, "x and residual must have one dtype", x, r, bName: nameof(residual));
        }

        var y = Tensor.Empty(shape, x.DType, x.Device);
        x.Device.Kernels<IKernels>().Forward(x, weight, residual, y);
        return Tape.Needs(x, weight, residual) ? Tape.Record(new Linear(x, weight, residual), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = dy.Device.Kernels<IKernels>();
        if (grads.Slot(_weight, out var dweight)) kernels.BackwardWeight(dy, _x, dweight);
        if (grads.Slot(_x, out var dx)) kernels.BackwardInput(dy, _weight, dx);
        grads.Share(_residual, dy);
    }
}

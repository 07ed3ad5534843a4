namespace SiaEngine.Ops;

/// <summary>Elements of each row by index.</summary>
/// <remarks>
/// forward   y[.., k] = x[.., index[.., k]]               x [.., N]   indices [.., K] i32   y [.., K]
/// backward  dx[.., n] = Σ_{k: index[.., k] = n} dy[.., k], summed in the order of k
/// saves     indices
/// </remarks>
public readonly struct Gather : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y[.., k] = x[.., index[.., k]].</summary>
        /// <exception cref="IndexException">An index lies outside [0, N); the message has its position and value.</exception>
        void Forward(Tensor x, Tensor indices, Tensor y);

        /// <summary>dx = β · dx, plus dy at the gathered places.</summary>
        void Backward(Tensor dy, Tensor indices, GradientSlot dx);
    }

    private readonly Tensor _x, _indices;

    private Gather(Tensor x, Tensor indices) => (_x, _indices) = (Tape.Track(x), Tape.Save(indices));

    /// <inheritdoc/>
    public static string Id => "gather";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (c, t) => Apply(t[0], c.Indices([4, 0, 4, 1, 2, 2], [2, 3])), [2, 5]),
        new("one of each row", static (c, t) => Apply(t[0], c.Indices([6, 0, 3, 3, 1, 5], [2, 3, 1])), [2, 3, 7]),
        new("size 1", static (c, t) => Apply(t[0], c.Indices([0], [1])), [1]),
    ];

    /// <summary>The element of each row at each of its indices.</summary>
    /// <exception cref="ShapeException">x and indices do not have the same rows.</exception>
    /// <exception cref="IndexException">An index lies outside [0, N).</exception>
    public static Tensor Apply(Tensor x, Tensor indices)
    {
        Throw.Unless(x.Shape.Rank > 0 && indices.Shape.Rank == x.Shape.Rank && indices.Shape.DropLast == x.Shape.DropLast, Id,
            "x [.., N] and indices [.., K] must have the same rows", x, indices);
        Throw.UnlessDType(indices.DType == DType.I32, Id, "indices must be i32", x, indices);
        Throw.UnlessSameDevice(Id, x, indices);
        var y = Tensor.Empty(indices.Shape, x.DType, x.Device);
        x.Device.Kernels<IKernels>().Forward(x, indices, y);
        return Tape.Needs(x) ? Tape.Record(new Gather(x, indices), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(dy, _indices, dx);
    }
}

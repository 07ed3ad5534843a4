namespace SiaEngine.Ops;

/// <summary>Two axes exchanged; the result is a contiguous copy.</summary>
/// <remarks>
/// forward   y[.. j .. i ..] = x[.. i .. j ..]
/// backward  dx = dy with the same axes exchanged
/// saves     nothing
/// </remarks>
public readonly struct Transpose : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y.Grad = y.Beta · y.Grad + x with two axes exchanged; both directions.</summary>
        void Run(Tensor x, int axis0, int axis1, GradientSlot y);
    }

    private readonly Tensor _x;
    private readonly int _axis0, _axis1;

    private Transpose(Tensor x, int axis0, int axis1) => (_x, _axis0, _axis1) = (Tape.Track(x), axis0, axis1);

    /// <inheritdoc/>
    public static string Id => "transpose";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("matrix", static (_, t) => Apply(t[0], 0, 1), [3, 7]),
        new("heads", static (_, t) => Apply(t[0], 1, 2), [2, 3, 5, 7]),
        new("outer", static (_, t) => Apply(t[0], -1, 0), [2, 3, 5, 7]),
        new("one axis", static (_, t) => Apply(t[0], 1, 1), [2, 3]),
        new("size 1", static (_, t) => Apply(t[0], 0, 1), [1, 1]),
    ];

    /// <summary>x with two axes exchanged; negative axes count from the last.</summary>
    /// <exception cref="ShapeException">x does not have an axis.</exception>
    public static Tensor Apply(Tensor x, int axis0 = -2, int axis1 = -1)
    {
        var (i, j) = (Axis.Of(Id, x, axis0), Axis.Of(Id, x, axis1));
        var y = Tensor.Empty(x.Shape.With(i, x.Shape[j]).With(j, x.Shape[i]), x.DType, x.Device);
        x.Device.Kernels<IKernels>().Run(x, i, j, new(y, 0));
        return Tape.Needs(x) ? Tape.Record(new Transpose(x, i, j), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Run(dy, _axis0, _axis1, dx);
    }
}

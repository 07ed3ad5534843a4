namespace SiaEngine.Ops;

/// <summary>A range of one axis; the result is a contiguous copy.</summary>
/// <remarks>
/// forward   y[.., i, ..] = x[.., start + i, ..],  i &lt; count
/// backward  dx[.., start + i, ..] = dy[.., i, ..], zero elsewhere
/// saves     nothing
/// </remarks>
public readonly struct Slice : IOp
{
    /// <summary>What a device implements; also serves <see cref="Concat"/>.</summary>
    public interface IKernels
    {
        /// <summary>y.Grad[.., to + i, ..] = y.Beta · y.Grad[.., to + i, ..] + x[.., from + i, ..] for i below count; the rest of y stays as it is.</summary>
        void Run(Tensor x, int from, GradientSlot y, int to, int count, int axis);
    }

    private readonly Tensor _x;
    private readonly int _axis, _start, _count;

    private Slice(Tensor x, int axis, int start, int count) => (_x, _axis, _start, _count) = (Tape.Track(x), axis, start, count);

    /// <inheritdoc/>
    public static string Id => "slice";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("first axis", static (_, t) => Apply(t[0], 0, 1, 2), [5, 3]),
        new("middle axis", static (_, t) => Apply(t[0], 1, 2, 3), [2, 5, 7]),
        new("last axis", static (_, t) => Apply(t[0], -1, 0, 4), [3, 5]),
        new("size 1", static (_, t) => Apply(t[0], 0, 0, 1), [1]),
    ];

    /// <summary>Elements [start, start + count) of an axis; negative axes count from the last.</summary>
    /// <exception cref="ShapeException">x does not have the axis or the range.</exception>
    public static Tensor Apply(Tensor x, int axis, int start, int count)
    {
        var at = Axis.Of(Id, x, axis);
        if (start < 0 || count < 0 || start > x.Shape[at] - count)
            throw new ShapeException($"{Id}: [{start}, {(long)start + count}) lies outside axis {axis}; got x {x}.");
        var y = Tensor.Empty(x.Shape.With(at, count), x.DType, x.Device);
        x.Device.Kernels<IKernels>().Run(x, start, new(y, 0), 0, count, at);
        return Tape.Needs(x) ? Tape.Record(new Slice(x, at, start, count), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (!grads.Slot(_x, out var dx)) return;
        if (dx.Beta == 0) dx.Grad.Clear();
        dy.Device.Kernels<IKernels>().Run(dy, 0, dx, _start, _count, _axis);
    }
}

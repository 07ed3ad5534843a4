namespace SiaEngine.Ops;

/// <summary>Sum, mean or maximum over one axis.</summary>
/// <remarks>
/// forward   y = Σ x,  Σ x / N  or  max x over the axis of extent N
/// backward  dx = dy,  dy / N  or  dy at the (first) maximum, else 0
/// saves     x and y for max, nothing otherwise
/// </remarks>
public readonly struct Reduce : IOp
{
    /// <summary>What a device implements; tensors are seen as [outer, N, inner] around the axis of x, results as [outer, inner].</summary>
    public interface IKernels
    {
        /// <summary>y.Grad = y.Beta · y.Grad + f(x) over the axis; Beta is 0 for max.</summary>
        void Forward(ReduceFunction f, Tensor x, int axis, GradientSlot y);

        /// <summary>dx, given x and y for max.</summary>
        void Backward(ReduceFunction f, Tensor dy, Tensor? x, Tensor? y, int axis, GradientSlot dx);
    }

    private readonly ReduceFunction _f;
    private readonly int _axis;
    private readonly Tensor _x;
    private readonly Tensor? _y;

    private Reduce(ReduceFunction f, Tensor x, int axis, Tensor y)
    {
        (_f, _axis) = (f, axis);
        (_x, _y) = f == ReduceFunction.Max ? (Tape.Save(x), Tape.Save((Tensor?)y)) : (Tape.Track(x), null);
    }

    /// <inheritdoc/>
    public static string Id => "reduce";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("sum of rows", static (_, t) => Sum(t[0], -1), [3, 37]),
        new("sum over the first axis", static (_, t) => Sum(t[0], 0), [5, 3, 7]),
        new("mean in the middle", static (_, t) => Mean(t[0], 1, keepAxis: true), [2, 5, 7]),
        new("mean of rows", static (_, t) => Mean(t[0], 1), [3, 5]),
        new("max of rows", static (_, t) => Max(t[0], -1), [3, 37]),
        new("max in the middle", static (_, t) => Max(t[0], 2), [2, 3, 5, 7]),
        new("size 1", static (_, t) => Max(Sum(t[0], 0), 0), [1, 1]),
    ];

    /// <summary>Sum over an axis, which disappears or is kept with extent 1; negative axes count from the last.</summary>
    public static Tensor Sum(Tensor x, int axis, bool keepAxis = false) => Apply(ReduceFunction.Sum, x, axis, keepAxis);

    /// <summary>Mean over an axis, which disappears or is kept with extent 1; negative axes count from the last.</summary>
    public static Tensor Mean(Tensor x, int axis, bool keepAxis = false) => Apply(ReduceFunction.Mean, x, axis, keepAxis);

    /// <summary>Maximum over an axis, which disappears or is kept with extent 1; negative axes count from the last.</summary>
    public static Tensor Max(Tensor x, int axis, bool keepAxis = false) => Apply(ReduceFunction.Max, x, axis, keepAxis);

    /// <summary>f over an axis.</summary>
    /// <exception cref="ShapeException">x does not have the axis, or nothing to take the maximum of.</exception>
    public static Tensor Apply(ReduceFunction f, Tensor x, int axis, bool keepAxis = false)
    {
        var at = Axis.Of(Id, x, axis);
        Throw.Unless(f != ReduceFunction.Max || x.Shape[at] > 0, Id, "the maximum needs an element", x);
        var y = Tensor.Empty(keepAxis ? x.Shape.With(at, 1) : x.Shape.Without(at), x.DType, x.Device);
        x.Device.Kernels<IKernels>().Forward(f, x, at, new(y, 0));
        return Tape.Needs(x) ? Tape.Record(new Reduce(f, x, at, y), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(_f, dy, _f == ReduceFunction.Max ? _x : null, _y, _axis, dx);
    }
}

namespace SiaEngine.Ops;

/// <summary>Two tensors one after the other along an axis.</summary>
/// <remarks>
/// forward   y = [a; b] along the axis         all other extents equal
/// backward  da, db = the two parts of dy
/// saves     nothing
/// </remarks>
public readonly struct Concat : IOp
{
    private readonly Tensor _a, _b;
    private readonly int _axis;

    private Concat(Tensor a, Tensor b, int axis) => (_a, _b, _axis) = (Tape.Track(a), Tape.Track(b), axis);

    /// <inheritdoc/>
    public static string Id => "concat";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("first axis", static (_, t) => Apply(t[0], t[1], 0), [2, 3], [4, 3]),
        new("middle axis", static (_, t) => Apply(t[0], t[1], 1), [2, 3, 5], [2, 1, 5]),
        new("last axis", static (_, t) => Apply(t[0], t[1], -1), [3, 5], [3, 2]),
        new("same tensor twice", static (_, t) => Apply(t[0], t[0], 0), [3]),
        new("size 1", static (_, t) => Apply(t[0], t[1], 0), [1], [1]),
    ];

    /// <summary>[a; b] along an axis; negative axes count from the last.</summary>
    /// <exception cref="ShapeException">Another extent than that of the axis differs.</exception>
    public static Tensor Apply(Tensor a, Tensor b, int axis)
    {
        var at = Axis.Of(Id, a, axis);
        Throw.Unless(b.Shape.Rank == a.Shape.Rank && b.Shape.With(at, 1) == a.Shape.With(at, 1), Id, "a and b may differ along the axis only", a, b);
        Throw.UnlessDType(a.DType == b.DType, Id, "a and b must have one dtype", a, b);
        Throw.UnlessSameDevice(Id, a, b);
        var (first, second) = (a.Shape[at], b.Shape[at]);
        var y = Tensor.Empty(a.Shape.With(at, first + second), a.DType, a.Device);
        var kernels = a.Device.Kernels<Slice.IKernels>();
        kernels.Run(a, 0, new(y, 0), 0, first, at);
        kernels.Run(b, 0, new(y, 0), first, second, at);
        return Tape.Needs(a, b) ? Tape.Record(new Concat(a, b, at), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = dy.Device.Kernels<Slice.IKernels>();
        if (grads.Slot(_a, out var da)) kernels.Run(dy, 0, da, 0, _a.Shape[_axis], _axis);
        if (grads.Slot(_b, out var db)) kernels.Run(dy, _a.Shape[_axis], db, 0, _b.Shape[_axis], _axis);
    }
}

namespace SiaEngine.Ops;

/// <summary>Elements of one tensor where a condition holds, of another elsewhere.</summary>
/// <remarks>
/// forward   y = condition ≠ 0 ? a : b         a, b, y of one shape; the condition (i32) broadcasts to it
/// backward  da = dy where the condition holds, else 0;   db = dy where it does not, else 0
/// saves     condition
/// </remarks>
public readonly struct Where : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = condition ≠ 0 ? a : b.</summary>
        void Forward(Tensor condition, Tensor a, Tensor b, Tensor y);

        /// <summary>dx = β · dx + dy where (condition ≠ 0) equals <paramref name="holds"/>; β · dx elsewhere.</summary>
        void Backward(Tensor dy, Tensor condition, bool holds, GradientSlot dx);
    }

    private readonly Tensor _condition, _a, _b;

    private Where(Tensor condition, Tensor a, Tensor b) => (_condition, _a, _b) = (Tape.Save(condition), Tape.Track(a), Tape.Track(b));

    /// <inheritdoc/>
    public static string Id => "where";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (c, t) => Apply(c.Indices([1, 0, 0, 1, 5, -1], [2, 3]), t[0], t[1]), [2, 3], [2, 3]),
        new("mask of rows", static (c, t) => Apply(c.Indices([1, 0, 1], [3, 1]), t[0], t[1]), [2, 3, 5], [2, 3, 5]),
        new("mask of columns", static (c, t) => Apply(c.Indices([0, 1, 0], [3]), t[0], t[1]), [4, 3], [4, 3]),
        new("same tensor twice", static (c, t) => Apply(c.Indices([0, 1, 0], [3]), t[0], t[0]), [3]),
        new("size 1", static (c, t) => Apply(c.Indices([0], [1]), t[0], t[1]), [1], [1]),
    ];

    /// <summary>condition ≠ 0 ? a : b.</summary>
    /// <exception cref="ShapeException">a and b differ in shape, or the condition does not broadcast to it.</exception>
    public static Tensor Apply(Tensor condition, Tensor a, Tensor b)
    {
        Throw.Unless(a.Shape == b.Shape, Id, "a and b must have one shape", a, b);
        Throw.Unless(Broadcast.Of(Id, condition, a) == a.Shape, Id, "the condition must broadcast to the shape of a", condition, a);
        Throw.UnlessDType(condition.DType == DType.I32, Id, "the condition must be i32", condition, a);
        Throw.UnlessDType(a.DType == b.DType, Id, "a and b must have one dtype", a, b);
        Throw.UnlessSameDevice(Id, condition, a);
        Throw.UnlessSameDevice(Id, a, b);
        var y = Tensor.Like(a);
        a.Device.Kernels<IKernels>().Forward(condition, a, b, y);
        return Tape.Needs(a, b) ? Tape.Record(new Where(condition, a, b), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = dy.Device.Kernels<IKernels>();
        if (grads.Slot(_a, out var da)) kernels.Backward(dy, _condition, true, da);
        if (grads.Slot(_b, out var db)) kernels.Backward(dy, _condition, false, db);
    }
}

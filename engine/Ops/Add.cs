namespace SiaEngine.Ops;

/// <summary>Sum of two tensors of one shape.</summary>
/// <remarks>
/// forward   y = a + b                 a, b, y of one shape
/// backward  da = dy,  db = dy         handed on without a copy
/// saves     nothing
/// </remarks>
public readonly struct Add : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = a + b.</summary>
        void Forward(Tensor a, Tensor b, Tensor y);

        /// <summary>slot.Grad = slot.Beta · slot.Grad + x.</summary>
        void Accumulate(Tensor x, GradientSlot slot);
    }

    private readonly Tensor _a, _b;

    private Add(Tensor a, Tensor b) => (_a, _b) = (Tape.Track(a), Tape.Track(b));

    /// <inheritdoc/>
    public static string Id => "add";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, x) => Apply(x[0], x[1]), [3, 37], [3, 37]),
        new("size 1", static (_, x) => Apply(x[0], x[1]), [1], [1]),
        new("same tensor twice", static (_, x) => Apply(x[0], x[0]), [5]),
    ];

    /// <summary>a + b.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Apply(Tensor a, Tensor b)
    {
        Throw.Unless(a.Shape == b.Shape, Id, "a and b must have one shape", a, b);
        Throw.UnlessDType(a.DType == b.DType, Id, "a and b must have one dtype", a, b);
        var y = Tensor.Like(a);
        a.Device.Kernels<IKernels>().Forward(a, b, y);
        return Tape.Needs(a, b) ? Tape.Record(new Add(a, b), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        grads.Share(_a, dy);
        grads.Share(_b, dy);
    }
}

namespace SiaEngine.Ops;

/// <summary>Elementwise functions of two tensors, whose shapes are broadcast: aligned at the last axis, extents of 1 and missing axes repeated.</summary>
/// <remarks>
/// forward   y = f(a, b)
/// backward  da = Σ ∂f/∂a · dy, db = Σ ∂f/∂b · dy, summed over the axes along which the operand was repeated
/// saves     a and b for multiply, divide, maximum; nothing for add, subtract
/// </remarks>
public readonly struct Binary : IOp
{
    /// <summary>What a device implements; shapes of a and b broadcast to that of y or dy.</summary>
    public interface IKernels
    {
        /// <summary>y = f(a, b).</summary>
        void Forward(BinaryFunction f, Tensor a, Tensor b, Tensor y);

        /// <summary>
        /// slot.Grad, of the shape of dy, = slot.Beta · slot.Grad + dy · ∂f/∂a, or ∂f/∂b if not <paramref name="first"/>; f is multiply, divide or maximum.
        /// </summary>
        void Backward(BinaryFunction f, Tensor dy, Tensor a, Tensor b, bool first, GradientSlot slot);
    }

    private readonly BinaryFunction _f;
    private readonly Tensor _a, _b;

    private Binary(BinaryFunction f, Tensor a, Tensor b)
    {
        _f = f;
        (_a, _b) = f is BinaryFunction.Add or BinaryFunction.Subtract ? (Tape.Track(a), Tape.Track(b)) : (Tape.Save(a), Tape.Save(b));
    }

    /// <inheritdoc/>
    public static string Id => "binary";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("add a row", static (_, t) => Add(t[0], t[1]), [3, 5], [5]),
        new("add of one shape", static (_, t) => Add(t[0], t[1]), [3, 5], [3, 5]),
        new("add with an axis of one", static (_, t) => Add(t[0], t[1]), [1, 5], [5]),
        new("subtract a column", static (_, t) => Subtract(t[0], t[1]), [3, 5], [3, 1]),
        new("subtract from a row", static (_, t) => Subtract(t[0], t[1]), [7], [2, 3, 7]),
        new("multiply", static (_, t) => Multiply(t[0], t[1]), [3, 37], [3, 37]),
        new("multiply across", static (_, t) => Multiply(t[0], t[1]), [2, 1, 5, 1], [3, 1, 4]),
        new("multiply by itself", static (_, t) => Multiply(t[0], t[0]), [5]),
        new("divide", static (_, t) => Divide(t[0], t[1]), [2, 1, 3], [5, 1]) { Scale = 0.3, Offset = 2 },
        new("divide a scalar", static (_, t) => Divide(t[0], t[1]), (Shape)[], [7]) { Scale = 0.3, Offset = 2 },
        new("maximum", static (_, t) => Maximum(t[0], t[1]), [3, 7], [3, 1]),
        new("size 1", static (_, t) => Multiply(t[0], t[1]), [1], [1]),
    ];

    /// <summary>a + b.</summary>
    public static Tensor Add(Tensor a, Tensor b) => Apply(BinaryFunction.Add, a, b);

    /// <summary>a − b.</summary>
    public static Tensor Subtract(Tensor a, Tensor b) => Apply(BinaryFunction.Subtract, a, b);

    /// <summary>a · b.</summary>
    public static Tensor Multiply(Tensor a, Tensor b) => Apply(BinaryFunction.Multiply, a, b);

    /// <summary>a / b.</summary>
    public static Tensor Divide(Tensor a, Tensor b) => Apply(BinaryFunction.Divide, a, b);

    /// <summary>max(a, b).</summary>
    public static Tensor Maximum(Tensor a, Tensor b) => Apply(BinaryFunction.Maximum, a, b);

    /// <summary>f(a, b).</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor Apply(BinaryFunction f, Tensor a, Tensor b)
    {
        Throw.UnlessDType(a.DType == b.DType, Id, "a and b must have one dtype", a, b);
        Throw.UnlessSameDevice(Id, a, b);
        var y = Tensor.Empty(Broadcast.Of(Id, a, b), a.DType, a.Device);
        a.Device.Kernels<IKernels>().Forward(f, a, b, y);
        return Tape.Needs(a, b) ? Tape.Record(new Binary(f, a, b), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        Backward(_a, dy, true, grads);
        Backward(_b, dy, false, grads);
    }

    private void Backward(Tensor operand, Tensor dy, bool first, Gradients grads)
    {
        var repeated = operand.Shape != dy.Shape;
        if (!repeated && (_f == BinaryFunction.Add || (_f == BinaryFunction.Subtract && first)))
        {
            grads.Share(operand, dy);
            return;
        }

        if (!grads.Slot(operand, out var slot)) return;
        if (!repeated)
        {
            Contribute(dy, first, slot);
            return;
        }

        var full = Tensor.Like(dy);
        Contribute(dy, first, new(full, 0));
        Broadcast.Unbroadcast(full, slot);
    }

    private void Contribute(Tensor dy, bool first, GradientSlot slot)
    {
        if (_f is BinaryFunction.Add or BinaryFunction.Subtract)
            dy.Device.Kernels<Scale.IKernels>().Run(dy, _f == BinaryFunction.Subtract && !first ? -1 : 1, slot);
        else
            dy.Device.Kernels<IKernels>().Backward(_f, dy, _a, _b, first, slot);
    }
}

namespace SiaEngine.Ops;

/// <summary>Conversion between f32, bf16 and f64, rounding to nearest even; to the same dtype it is a copy.</summary>
/// <remarks>
/// forward   y = x in another dtype            x, y of one shape
/// backward  dx = dy in the dtype of x's gradient
/// saves     nothing
/// </remarks>
public readonly struct Cast : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y.Grad = y.Beta · y.Grad + x, each in its own dtype, rounded once; both directions.</summary>
        void Run(Tensor x, GradientSlot y);
    }

    private readonly Tensor _x;

    private Cast(Tensor x) => _x = Tape.Track(x);

    /// <inheritdoc/>
    public static string Id => "cast";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        // Central differences resolve only f64; CastTests covers the other pairs, whose gradient is a cast too.
        new("to the accumulator type", static (_, t) => Apply(t[0], t[0].DType.Accumulator), [3, 37]),
        new("size 1", static (_, t) => Apply(t[0], t[0].DType.Accumulator), [1]),
    ];

    /// <summary>x in another dtype.</summary>
    /// <exception cref="DTypeException">Either dtype is i32.</exception>
    public static Tensor Apply(Tensor x, DType dtype)
    {
        if (!x.DType.IsFloat || !dtype.IsFloat) throw new DTypeException($"{Id}: both dtypes must be real numbers; got x {x}, to {dtype.Name}.");
        var y = Tensor.Empty(x.Shape, dtype, x.Device);
        x.Device.Kernels<IKernels>().Run(x, new(y, 0));
        return Tape.Needs(x) ? Tape.Record(new Cast(x), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Run(dy, dx);
    }
}

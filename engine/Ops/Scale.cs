namespace SiaEngine.Ops;

/// <summary>Product with a constant.</summary>
/// <remarks>
/// forward   y = factor · x                    x, y of one shape
/// backward  dx = factor · dy
/// saves     nothing
/// </remarks>
public readonly struct Scale : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y.Grad = y.Beta · y.Grad + factor · x; both directions.</summary>
        void Run(Tensor x, double factor, GradientSlot y);
    }

    private readonly Tensor _x;
    private readonly double _factor;

    private Scale(Tensor x, double factor) => (_x, _factor) = (Tape.Track(x), factor);

    /// <inheritdoc/>
    public static string Id => "scale";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(t[0], -1.75), [3, 37]),
        new("size 1", static (_, t) => Apply(t[0], 0.5), [1]),
    ];

    /// <summary>factor · x, the factor rounded to the accumulator type of x.</summary>
    public static Tensor Apply(Tensor x, double factor)
    {
        var y = Tensor.Like(x);
        x.Device.Kernels<IKernels>().Run(x, factor, new(y, 0));
        return Tape.Needs(x) ? Tape.Record(new Scale(x, factor), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Run(dy, _factor, dx);
    }
}

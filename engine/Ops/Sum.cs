namespace SiaEngine.Ops;

/// <summary>Sum of all elements.</summary>
/// <remarks>
/// forward   y = Σ x                           x of any shape   y [], in the accumulator type of x
/// backward  dx = dy, everywhere
/// saves     nothing
/// </remarks>
public readonly struct Sum : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = Σ x, by partial sums over fixed blocks, added in order.</summary>
        void Forward(Tensor x, Tensor y);

        /// <summary>dx = dy at every element.</summary>
        void Backward(Tensor dy, GradientSlot dx);
    }

    private readonly Tensor _x;

    private Sum(Tensor x) => _x = Tape.Track(x);

    /// <inheritdoc/>
    public static string Id => "sum";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(t[0]), [3, 37]),
        new("size 1", static (_, t) => Apply(t[0]), [1]),
        new("rank 0", static (_, t) => Apply(t[0]), (Shape)[]),
    ];

    /// <summary>Σ x.</summary>
    public static Tensor Apply(Tensor x)
    {
        var y = Tensor.Empty([], x.DType.Accumulator, x.Device);
        x.Device.Kernels<IKernels>().Forward(x, y);
        return Tape.Needs(x) ? Tape.Record(new Sum(x), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(dy, dx);
    }
}

namespace SiaEngine.Ops;

/// <summary>Softmax over the last axis.</summary>
/// <remarks>
/// forward   y = exp(x − max x) / Σ exp(x − max x)          x, y [.., N]
/// backward  dx = y · (dy − Σ dy · y)
/// saves     y
/// </remarks>
public readonly struct Softmax : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = softmax of each row of x.</summary>
        void Forward(Tensor x, Tensor y);

        /// <summary>dx = y · (dy − Σ dy · y) in each row.</summary>
        void Backward(Tensor dy, Tensor y, GradientSlot dx);
    }

    private readonly Tensor _x, _y;

    private Softmax(Tensor x, Tensor y) => (_x, _y) = (Tape.Track(x), Tape.Save(y));

    /// <inheritdoc/>
    public static string Id => "softmax";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(t[0]), [2, 3, 37]),
        new("large inputs", static (_, t) => Apply(t[0]), [3, 5]) { Offset = 700 },
        new("size 1", static (_, t) => Apply(t[0]), [1, 1]),
    ];

    /// <summary>Softmax of each row.</summary>
    public static Tensor Apply(Tensor x)
    {
        var y = Tensor.Like(x);
        x.Device.Kernels<IKernels>().Forward(x, y);
        return Tape.Needs(x) ? Tape.Record(new Softmax(x, y), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(dy, _y, dx);
    }
}

namespace SiaEngine.Ops;

/// <summary>Squared rectifier (So et al. 2021, arXiv:2109.08668).</summary>
/// <remarks>
/// forward   y = max(x, 0)²                    x, y of one shape
/// backward  dx = 2 · max(x, 0) · dy = 2 √y · dy
/// saves     y, which the layer that follows keeps anyway, not x
/// </remarks>
public readonly struct ReluSquared : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = max(x, 0)².</summary>
        void Forward(Tensor x, Tensor y);

        /// <summary>dx = 2 √y · dy.</summary>
        void Backward(Tensor dy, Tensor y, GradientSlot dx);
    }

    private readonly Tensor _x, _y;

    private ReluSquared(Tensor x, Tensor y) => (_x, _y) = (Tape.Track(x), Tape.Save(y));

    /// <inheritdoc/>
    public static string Id => "relu_squared";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(t[0]), [3, 5, 37]),
        new("size 1", static (_, t) => Apply(t[0]), [1]) { Offset = 1 },
        new("applied twice", static (_, t) => Apply(Apply(t[0])), [19]),
    ];

    /// <summary>max(x, 0)².</summary>
    public static Tensor Apply(Tensor x)
    {
        var y = Tensor.Like(x);
        x.Device.Kernels<IKernels>().Forward(x, y);
        return Tape.Needs(x) ? Tape.Record(new ReluSquared(x, y), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(dy, _y, dx);
    }
}

namespace SiaEngine.Ops;

/// <summary>Root-mean-square norm over the last axis (Zhang &amp; Sennrich 2019, arXiv:1910.07467), with or without a gain.</summary>
/// <remarks>
/// forward   y = x · rstd · w,  rstd = (mean(x²) + ε)^-½                x, y [.., C]   w [C] or none   rstd [R]
/// backward  dx = rstd · (g − x · rstd² · mean(g · x)),  g = dy · w;    dw = Σ_R dy · x · rstd
///           without gain  dx = rstd · (dy − y · mean(dy · y))
/// saves     x, w, rstd; without gain y and rstd, since the layer that follows keeps y anyway and nobody else x
/// </remarks>
public readonly struct RmsNorm : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y and rstd from x.</summary>
        void Forward(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps);

        /// <summary>Gradients of x and of the gain; <paramref name="saved"/> is x, or without a gain y.</summary>
        void Backward(Tensor dy, Tensor saved, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight);
    }

    private readonly Tensor _x, _saved, _rstd;
    private readonly Tensor? _weight;

    private RmsNorm(Tensor x, Tensor? weight, Tensor y, Tensor rstd) =>
        (_x, _saved, _weight, _rstd) = (Tape.Track(x), Tape.Save(weight is null ? y : x), Tape.Save(weight), Tape.Save(rstd));

    /// <inheritdoc/>
    public static string Id => "rms_norm";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("gain", static (_, t) => Apply(t[0], t[1]), [5, 37], [37]),
        new("no gain", static (_, t) => Apply(t[0]), [2, 3, 17]),
        new("one row", static (_, t) => Apply(t[0], t[1]), [1, 64], [64]),
        new("size 1", static (_, t) => Apply(t[0], t[1]), [1, 1], [1]),
    ];

    /// <summary>Normalises every row of x.</summary>
    /// <exception cref="ShapeException">The gain is not [C].</exception>
    public static Tensor Apply(Tensor x, Tensor? weight = null, float eps = 1e-6f)
    {
        if (weight is { } w)
        {
            Throw.Unless(w.Shape == x.Shape.LastAxis, Id, "weight must be [C], the last axis of x", x, w, bName: nameof(weight));
            Throw.UnlessDType(w.DType == x.DType, Id, "x and weight must have one dtype", x, w, bName: nameof(weight));
        }

        var (y, rstd) = (Tensor.Like(x), Tensor.Empty(x.Shape.DropLast, x.DType.Accumulator, x.Device));
        x.Device.Kernels<IKernels>().Forward(x, weight, y, rstd, eps);
        return Tape.Needs(x, weight) ? Tape.Record(new RmsNorm(x, weight, y, rstd), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads) =>
        dy.Device.Kernels<IKernels>().Backward(dy, _saved, _weight, _rstd, grads.Slot(_x), grads.Slot(_weight));
}

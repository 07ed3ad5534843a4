namespace SiaEngine.Ops;

/// <summary>
/// Per-head RMS norm of q and k, then rotation by position with any table of angular frequencies: RoPE (Su et al. 2021, arXiv:2104.09864), p-RoPE (Barbero
/// et al. 2024, arXiv:2410.06205) where a frequency of 0 leaves a pair unrotated, NTK, YaRN and NoPE are tables.
/// </summary>
/// <remarks>
/// forward   n = x · rstd over each head of q and k,  rstd = (mean(x²) + ε)^-½ (or 1);  with θ = position · ω_k for the pair (k, k + D/2):
///           y_k = n_k cos θ + n_{k+D/2} sin θ,   y_{k+D/2} = −n_k sin θ + n_{k+D/2} cos θ;   v passes through
///           x, y [B, T, 3C] = [B, T, (q, k, v), H, D]    ω [D/2], radians per token    rstd [B, T, 2H]
/// backward  dx = rstd · R⁻¹(dy − y · mean(dy · y)), since a rotation keeps dy · y;   without norm dx = R⁻¹ dy;   dv = dy
/// saves     y, rstd and ω, not x: the attention that follows holds y anyway
/// </remarks>
public readonly struct PRope : IOp
{
    /// <summary>What a device implements. <c>rstd</c> is null without norm.</summary>
    public interface IKernels
    {
        /// <summary>y and rstd from x; row t of x has position <paramref name="firstPosition"/> + t.</summary>
        void Forward(Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd, float eps);

        /// <summary>Gradient of x.</summary>
        void Backward(Tensor dy, Tensor y, Tensor frequencies, int heads, int firstPosition, Tensor? rstd, GradientSlot dx);
    }

    private readonly Tensor _x, _y, _frequencies;
    private readonly Tensor? _rstd;
    private readonly int _heads, _firstPosition;

    private PRope(Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd)
    {
        (_x, _y, _frequencies, _rstd) = (Tape.Track(x), Tape.Save(y), Tape.Save(frequencies), Tape.Save(rstd));
        (_heads, _firstPosition) = (heads, firstPosition);
    }

    /// <inheritdoc/>
    public static string Id => "p_rope";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("2 heads of 6", static (c, t) => Apply(t[0], c.Table([1, 0.3, 0], [3]), 2), [2, 5, 36]),
        new("offset", static (c, t) => Apply(t[0], c.Table([1.5, 0.01], [2]), 3, firstPosition: 1000), [1, 3, 36]),
        new("no norm", static (c, t) => Apply(t[0], c.Table([1, 0.1], [2]), 1, normalize: false), [2, 3, 12]),
        new("wide head", static (c, t) => Apply(t[0], c.Table(Ramp(17), [17]), 1), [1, 3, 102]),
        new("one position, heads of 2", static (c, t) => Apply(t[0], c.Table([0.7], [1]), 1), [1, 1, 6]),
    ];

    /// <summary>Normalised and rotated qkv.</summary>
    /// <exception cref="ShapeException">x is not [B, T, 3C] with C a multiple of 2 · heads, or the frequencies are not [D/2].</exception>
    public static Tensor Apply(Tensor x, Tensor frequencies, int heads, int firstPosition = 0, bool normalize = true, float eps = 1e-6f)
    {
        Throw.Unless(x.Shape.Rank == 3 && heads > 0 && x.Shape.Last % (6 * heads) == 0, Id, "x must be [B, T, 3C], C a multiple of twice the heads", x);
        Throw.Unless(frequencies.Shape.Rank == 1 && frequencies.Shape.Last * 6 * heads == x.Shape.Last, Id, "frequencies must be [D/2], half the head dimension", x, frequencies);
        Throw.UnlessDType(frequencies.DType == x.DType.Accumulator, Id, "frequencies must have the accumulator type of x", x, frequencies);
        var y = Tensor.Like(x);
        Tensor? rstd = normalize ? Tensor.Empty([x.Shape[0], x.Shape[1], 2 * heads], x.DType.Accumulator, x.Device) : null;
        x.Device.Kernels<IKernels>().Forward(x, frequencies, heads, firstPosition, y, rstd, eps);
        return Tape.Needs(x) ? Tape.Record(new PRope(x, frequencies, heads, firstPosition, y, rstd), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(dy, _y, _frequencies, _heads, _firstPosition, _rstd, dx);
    }

    private static double[] Ramp(int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = Math.Pow(10_000, -(double)i / count);
        return values;
    }
}

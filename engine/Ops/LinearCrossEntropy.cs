namespace SiaEngine.Ops;

/// <summary>
/// Head and loss of a language model in one: a constant times the sum of the cross-entropies of a linear layer's rows with target classes. It goes over the
/// rows in chunks and computes gradients with the losses, while the chunk's logits are at hand, so that neither logits nor their gradient exist whole.
/// </summary>
/// <remarks>
/// forward   loss = scale · Σ_R (lse − logits[target]),  logits = x Wᵀ,  lse = ln Σ_V exp(logits)      x [.., K]   W [V, K]   targets [..] i32   loss []
///           g = scale · (exp(logits − lse) − onehot(target)),  written over the logits;  dx = g W,  dW = gᵀ x;   target −1: loss 0, g 0
/// backward  dx and dW, handed on in the memory they have, times dloss
/// saves     dx if x is trained, dW if W is
/// </remarks>
public readonly struct LinearCrossEntropy : IOp
{
    /// <summary>Fewest rows of a chunk: every chunk reads W and adds to dW, which takes time of its own.</summary>
    private const int FewestRows = 256;

    private readonly Tensor _x, _weight;
    private readonly Tensor? _dx, _dweight;

    private LinearCrossEntropy(Tensor x, Tensor weight, Tensor? dx, Tensor? dweight) =>
        (_x, _weight, _dx, _dweight) = (Tape.Track(x), Tape.Track(weight), Tape.Save(dx), Tape.Save(dweight));

    /// <inheritdoc/>
    public static string Id => "linear_cross_entropy";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (c, t) => Apply(t[0], t[1], c.Indices([3, 0, 10, 7, 3, 5], [2, 3]), 0.5), [2, 3, 7], [11, 7]),
        new("chunks of 2 rows", static (c, t) => Apply(t[0], t[1], c.Indices([3, 0, 10, 7, 3], [5]), 0.5, rows: 2), [5, 7], [11, 7]),
        new("ignored rows", static (c, t) => Apply(t[0], t[1], c.Indices([CrossEntropy.Ignored, 4, CrossEntropy.Ignored], [3]), -1, rows: 1), [3, 5], [6, 5]),
        new("loss of an op", static (c, t) => Scale.Apply(Apply(Scale.Apply(t[0], 2), t[1], c.Indices([1, 2], [2])), 3), [2, 5], [9, 5]),
        new("size 1", static (c, t) => Apply(t[0], t[1], c.Indices([0], [1])), [1, 1], [1, 1]),
    ];

    /// <summary>scale · Σ cross-entropy(x Wᵀ, targets), in the accumulator type of x.</summary>
    /// <param name="x">What the linear layer is applied to.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="targets">Class of each row, or <see cref="CrossEntropy.Ignored"/>.</param>
    /// <param name="scale">Factor, 1 over the number of rows for the mean.</param>
    /// <param name="rows">Rows at a time; 0 chooses by the device.</param>
    /// <exception cref="ShapeException">The weight is not [V, K], or targets are not shaped as the rows of x.</exception>
    /// <exception cref="IndexException">A target is neither in [0, V) nor −1.</exception>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor targets, double scale = 1, int rows = 0)
    {
        Throw.Unless(weight.Shape.Rank == 2 && x.Shape.Rank > 0 && x.Shape.Last == weight.Shape[1], Id, "weight must be [V, K], K the last axis of x", x, weight);
        Throw.Unless(targets.Shape == x.Shape.DropLast, Id, "targets must be [..], x [.., K]", x, targets);
        Throw.UnlessDType(weight.DType == x.DType, Id, "x and weight must have one dtype", x, weight);
        Throw.UnlessDType(targets.DType == DType.I32, Id, "targets must be i32", x, targets);
        Throw.UnlessSameDevice(Id, x, weight);
        Throw.UnlessSameDevice(Id, x, targets);
        using var scope = Scope.Enter();
        var kernels = x.Device.Kernels<CrossEntropy.IKernels>();
        kernels.Check(targets, weight.Shape[0]);
        var count = checked((int)targets.Count);
        var recorded = Tape.Needs(x, weight);
        Tensor? dx = recorded && x.IsTracked ? Tensor.Like(x) : null;
        Tensor? dweight = recorded && weight.IsTracked ? Tensor.Empty(weight.Shape, Gradients.DTypeOf(weight), x.Device) : null;
        if (count == 0) dweight?.Clear();
        var losses = Tensor.Empty([count], x.DType.Accumulator, x.Device);
        rows = rows > 0 ? rows : ChunkRows(x.Device, count, weight.Shape[0], x.DType);
        for (var row = 0; row < count; row += rows) Chunk(x, weight, targets, scale, losses, dx, dweight, row, Math.Min(rows, count - row));
        var loss = Tensor.Empty([], losses.DType, x.Device);
        x.Device.Kernels<Sum.IKernels>().Forward(losses, loss);
        x.Device.Kernels<Scale.IKernels>().Run(loss, scale, new(loss, 0));
        return scope.Keep(recorded ? Tape.Record(new LinearCrossEntropy(x, weight, dx, dweight), loss) : loss);
    }

    /// <summary>Rows at a time on a device, of <paramref name="count"/> rows: equal chunks, as large as the device wants.</summary>
    public static int ChunkRows(Device device, int count, int classes, DType dtype)
    {
        var most = Math.Max(FewestRows, device.ChunkBytes / ((long)classes * dtype.Size));
        var chunks = Math.Max(1, (count + most - 1) / most);
        return Math.Max(1, (int)((count + chunks - 1) / chunks));
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        HandOn(_weight, _dweight, dy, grads);
        HandOn(_x, _dx, dy, grads);
    }

    private static void Chunk(Tensor x, Tensor weight, Tensor targets, double scale, Tensor losses, Tensor? dx, Tensor? dweight, int row, int rows)
    {
        using var scope = Scope.Enter();
        var (linear, kernels) = (x.Device.Kernels<Linear.IKernels>(), x.Device.Kernels<CrossEntropy.IKernels>());
        (x, targets) = (Part(x, row, rows), targets.As([losses.Shape[0]]).Rows(row, rows));
        var logits = Tensor.Empty([rows, weight.Shape[0]], x.DType, x.Device);
        var (loss, logsumexp) = (losses.Rows(row, rows), Tensor.Empty([rows], losses.DType, x.Device));
        linear.Forward(x, weight, null, logits);
        kernels.Forward(logits, targets, loss, logsumexp);
        if (dx is null && dweight is null) return;
        kernels.Backward(Constant(scale, rows, losses.DType, x.Device), logits, targets, logsumexp, new(logits, 0));
        if (dx is { } whole) linear.BackwardInput(logits, weight, new(Part(whole, row, rows), 0));
        if (dweight is { } sum) linear.BackwardWeight(logits, x, new(sum, row == 0 ? 0 : 1));
    }

    /// <summary>Rows [row, row + rows) of all axes but the last taken together.</summary>
    private static Tensor Part(Tensor x, int row, int rows) => x.As([checked((int)x.Shape.Rows), x.Shape.Last]).Rows(row, rows);

    /// <summary>The value in every element, made on the device: e⁰ · value.</summary>
    private static Tensor Constant(double value, int count, DType dtype, Device device)
    {
        var x = Tensor.Zeros([count], dtype, device);
        device.Kernels<Unary.IKernels>().Forward(UnaryFunction.Exp, x, x);
        device.Kernels<Scale.IKernels>().Run(x, value, new(x, 0));
        return x;
    }

    /// <summary>Contributes gradient · dy, dy a scalar, to an input: in place unless there is a gradient already.</summary>
    private static void HandOn(Tensor input, Tensor? gradient, Tensor dy, Gradients grads)
    {
        if (gradient is not { } g || grads.Adopt(input, g) is not { } slot) return;
        if (g.DType != dy.DType)
        {
            var rounded = Tensor.Empty([], g.DType, g.Device);
            g.Device.Kernels<Cast.IKernels>().Run(dy, new(rounded, 0));
            dy = rounded;
        }

        g.Device.Kernels<Binary.IKernels>().Backward(BinaryFunction.Multiply, g, g, dy, true, slot);
    }
}

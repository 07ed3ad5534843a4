namespace SiaEngine.Ops;

/// <summary>Cross-entropy of logits with target classes, softmax included, per row.</summary>
/// <remarks>
/// forward   loss = lse − logits[target],  lse = ln Σ_V exp(logits)          logits [.., V]   targets [..] i32   loss, lse [..]
/// backward  dlogits = (exp(logits − lse) − onehot(target)) · dloss,         target −1: loss 0, dlogits 0
/// saves     logits, targets, lse
/// </remarks>
/// <remarks>The gradient is written over the logits when nobody else keeps them, so that the largest tensor of a language model exists once.</remarks>
public readonly struct CrossEntropy : IOp
{
    /// <summary>The target of rows that do not count.</summary>
    public const int Ignored = -1;

    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>Checks targets before kernels use them.</summary>
        /// <exception cref="IndexException">A target is neither in [0, classes) nor −1; the message has its position and value.</exception>
        void Check(Tensor targets, int classes);

        /// <summary>Losses and logsumexp in one pass over the logits; the targets have been checked.</summary>
        void Forward(Tensor logits, Tensor targets, Tensor losses, Tensor logsumexp);

        /// <summary>dlogits = (exp(logits − lse) − onehot(target)) · dlosses; with β = 0 its memory may be that of the logits.</summary>
        void Backward(Tensor dlosses, Tensor logits, Tensor targets, Tensor logsumexp, GradientSlot dlogits);
    }

    private readonly Tensor _logits, _targets, _logsumexp;

    private CrossEntropy(Tensor logits, Tensor targets, Tensor logsumexp) =>
        (_logits, _targets, _logsumexp) = (Tape.Save(logits), Tape.Save(targets), Tape.Save(logsumexp));

    /// <inheritdoc/>
    public static string Id => "cross_entropy";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (c, t) => Apply(t[0], c.Indices([3, 0, 36, 17, 3, 5], [2, 3])), [2, 3, 37]),
        new("ignored rows", static (c, t) => Apply(t[0], c.Indices([Ignored, 4, Ignored], [3])), [3, 5]),
        new("logits of an op", static (c, t) => Apply(Scale.Apply(t[0], 3), c.Indices([1, 2], [2])), [2, 21]),
        new("over the logits", static (c, t) =>
        {
            using var scope = Scope.Enter();
            return scope.Keep(Apply(Scale.Apply(t[0], 3), c.Indices([1, Ignored, 2], [3])));
        }, [3, 21]),
        new("large logits", static (c, t) => Apply(t[0], c.Indices([1, 0], [2])), [2, 9]) { Scale = 3, Offset = 500 },
        new("size 1", static (c, t) => Apply(t[0], c.Indices([0], [1])), [1, 1]),
    ];

    /// <summary>Loss of each row, in the accumulator type of the logits.</summary>
    /// <exception cref="ShapeException">Targets are not shaped as the rows of the logits.</exception>
    /// <exception cref="IndexException">A target is neither in [0, V) nor −1.</exception>
    public static Tensor Apply(Tensor logits, Tensor targets)
    {
        Throw.Unless(logits.Shape.Rank > 0 && targets.Shape == logits.Shape.DropLast, Id, "targets must be [..], logits [.., V]", logits, targets);
        Throw.UnlessDType(targets.DType == DType.I32, Id, "targets must be i32", logits, targets);
        Throw.UnlessSameDevice(Id, logits, targets);
        var losses = Tensor.Empty(targets.Shape, logits.DType.Accumulator, logits.Device);
        var logsumexp = Tensor.Like(losses);
        var kernels = logits.Device.Kernels<IKernels>();
        kernels.Check(targets, logits.Shape.Last);
        kernels.Forward(logits, targets, losses, logsumexp);
        return Tape.Needs(logits) ? Tape.Record(new CrossEntropy(logits, targets, logsumexp), losses) : losses;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        var kernels = dy.Device.Kernels<IKernels>();
        if (_logits.IsTracked && _logits.IsExclusive)
        {
            kernels.Backward(dy, _logits, _targets, _logsumexp, new(_logits, 0));
            grads.Share(_logits, _logits);
        }
        else if (grads.Slot(_logits, out var dlogits))
        {
            kernels.Backward(dy, _logits, _targets, _logsumexp, dlogits);
        }
    }
}

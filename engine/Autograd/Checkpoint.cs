namespace SiaEngine;

/// <summary>A part of a model that can run again during the backward pass.</summary>
public interface ICheckpointed
{
    /// <summary>Computes the result; called twice with the same input, it must give the same bits.</summary>
    Tensor Forward(Tensor x);
}

/// <summary>
/// Activation checkpointing (Chen et al. 2016, arXiv:1604.06174): saves only the input of a block and runs the block again in the backward pass.
/// </summary>
/// <remarks>
/// forward   y = block(x), nothing inside is recorded
/// backward  runs block(x) on a tape of its own, then that tape backwards
/// saves     x
/// </remarks>
public readonly struct Checkpoint : IOp
{
    private readonly ICheckpointed _block;
    private readonly Tensor _x;

    private Checkpoint(ICheckpointed block, Tensor x) => (_block, _x) = (block, Tape.Save(x));

    /// <inheritdoc/>
    public static string Id => "checkpoint";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("block", static (c, t) => Apply(new Twice(t[1]), t[0]), [3, 5], [3, 5]),
        new("size 1", static (c, t) => Apply(new Twice(t[1]), t[0]), [1], [1]),
    ];

    /// <summary>Runs <paramref name="block"/> on <paramref name="x"/>; inside a tape its activations are not kept.</summary>
    public static Tensor Apply(ICheckpointed block, Tensor x)
    {
        if (!Tape.IsRecording) return block.Forward(x);
        Tensor y;
        using (Tape.Pause()) y = block.Forward(x);
        return Tape.Record(new Checkpoint(block, x), y);
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        using var tape = Tape.Start();
        var x = _x.Detach();
        if (_x.IsTracked) x.Track();
        var y = _block.Forward(x);
        tape.Backward(y, dy);
        if (x.Gradient is { } dx) grads.Share(_x, dx);
    }

    /// <summary>x ↦ (x + w) + x, whose weight gets a gradient too.</summary>
    private sealed class Twice(Tensor w) : ICheckpointed
    {
        public Tensor Forward(Tensor x) => Ops.Add.Apply(Ops.Add.Apply(x, w), x);
    }
}

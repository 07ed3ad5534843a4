namespace SiaEngine;

/// <summary>A recorded op application in a reusable box, so that recording allocates nothing after warm-up.</summary>
internal abstract class TapeNode
{
    /// <summary>Identity of the result; pinned, its data is held only if somebody saved it.</summary>
    public TensorCell Output { get; protected set; } = null!;

    /// <summary>Index of this node's first entry in the tape's list of held cells.</summary>
    public int FirstHeld { get; protected set; }

    public abstract void Backward(Tensor dy, Gradients grads);

    public abstract void Recycle();
}

/// <inheritdoc cref="TapeNode"/>
internal sealed class TapeNode<TOp> : TapeNode where TOp : struct, IOp
{
    [ThreadStatic]
    private static Stack<TapeNode<TOp>>? _spare;

    private TOp _op;

    public static TapeNode<TOp> Rent(in TOp op, TensorCell output, int firstHeld)
    {
        if (!(_spare ??= new Stack<TapeNode<TOp>>()).TryPop(out var node)) node = new TapeNode<TOp>();
        (node._op, node.Output, node.FirstHeld) = (op, output, firstHeld);
        return node;
    }

    public override void Backward(Tensor dy, Gradients grads) => _op.Backward(dy, grads);

    public override void Recycle()
    {
        (_op, Output) = (default, null!);
        (_spare ??= new Stack<TapeNode<TOp>>()).Push(this);
    }
}

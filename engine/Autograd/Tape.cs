namespace SiaEngine;

/// <summary>
/// Records op applications while it is the current tape of its thread and plays them backwards once. The tape is consumed as it runs:
/// after an op's Backward its saved tensors and the gradient of its output are released. Without a current tape nothing is recorded.
/// </summary>
public sealed class Tape : IDisposable
{
    [ThreadStatic]
    private static Tape? _current;

    [ThreadStatic]
    private static Stack<Tape>? _spare;

    private readonly List<TapeNode> _nodes = [];
    private readonly List<(TensorCell Cell, bool Data)> _held = [];
    private readonly Gradients _gradients = new();
    private Tape? _outer;
    private int _pending;

    private Tape()
    {
    }

    /// <summary>Starts recording on this thread: <c>using var tape = Tape.Start();</c>.</summary>
    public static Tape Start()
    {
        if (!(_spare ??= new Stack<Tape>()).TryPop(out var tape)) tape = new Tape();
        tape._outer = _current;
        return _current = tape;
    }

    /// <summary>Whether a tape is recording on this thread.</summary>
    public static bool IsRecording => _current is not null;

    /// <summary>Whether a result of these operands must be recorded: a tape is current and gradients flow to one of them.</summary>
    public static bool Needs(params ReadOnlySpan<Tensor?> operands)
    {
        if (_current is null) return false;
        foreach (var operand in operands)
            if (operand is { IsTracked: true }) return true;
        return false;
    }

    /// <summary>Keeps the data of a tensor until the op being recorded has run backwards.</summary>
    public static Tensor Save(Tensor tensor)
    {
        Current._held.Add((tensor.Cell, true));
        tensor.Cell.Hold();
        return tensor;
    }

    /// <inheritdoc cref="Save(Tensor)"/>
    public static Tensor? Save(Tensor? tensor) => tensor is { } present ? Save(present) : null;

    /// <summary>Keeps only shape and gradient of a tensor until the op being recorded has run backwards; its data may be gone by then.</summary>
    public static Tensor Track(Tensor tensor)
    {
        Current._held.Add((tensor.Cell, false));
        tensor.Cell.Pin();
        return tensor;
    }

    /// <inheritdoc cref="Track(Tensor)"/>
    public static Tensor? Track(Tensor? tensor) => tensor is { } present ? Track(present) : null;

    /// <summary>Records that <paramref name="op"/> produced <paramref name="y"/>; what the op saved since the last record belongs to it.</summary>
    public static Tensor Record<TOp>(in TOp op, Tensor y) where TOp : struct, IOp
    {
        var tape = Current;
        y.Cell.Tracked = true;
        y.Cell.Pin();
        tape._nodes.Add(TapeNode<TOp>.Rent(op, y.Cell, tape._pending));
        tape._pending = tape._held.Count;
        return y;
    }

    /// <summary>Runs backwards from a single element, with gradient 1.</summary>
    /// <exception cref="ShapeException">The loss has more than one element.</exception>
    public void Backward(Tensor loss)
    {
        Throw.Unless(loss.Count == 1, "backward", "the loss must have one element; pass the gradient of anything larger", loss);
        using var scope = Scope.Enter();
        var one = Tensor.Like(loss);
        if (loss.DType == DType.F64) one.CopyFrom<double>([1]);
        else one.CopyFrom<float>([1]);
        Backward(loss, one);
    }

    /// <summary>Runs backwards from <paramref name="y"/> with its gradient <paramref name="dy"/>; gradients end up in parameters and tracked leaves.</summary>
    public void Backward(Tensor y, Tensor dy)
    {
        Throw.Unless(y.Shape == dy.Shape && y.DType == dy.DType, "backward", "dy must have shape and dtype of y", y, dy);
        using var scope = Scope.Enter();
        if (y.IsTracked) _gradients.Share(y, dy);
        _gradients.FinishCall();
        while (_nodes.Count > 0)
        {
            var node = _nodes[^1];
            if (node.Output.Gradient is { } gradient)
            {
                using var call = Scope.Enter();
                using var paused = Pause();
                node.Backward(gradient, _gradients);
                _gradients.FinishCall();
            }

            DropLast();
        }
    }

    /// <summary>Suspends recording on this thread until disposed.</summary>
    public static PauseToken Pause()
    {
        var token = new PauseToken(_current);
        _current = null;
        return token;
    }

    /// <summary>Stops recording and releases what was not played back.</summary>
    public void Dispose()
    {
        while (_nodes.Count > 0) DropLast();
        Release(0);
        _pending = 0;
        if (_current == this) _current = _outer;
        _outer = null;
        (_spare ??= new Stack<Tape>()).Push(this);
    }

    private static Tape Current => _current ?? throw new InvalidOperationException("tape: no tape is recording on this thread; start one with Tape.Start().");

    private void DropLast()
    {
        var node = _nodes[^1];
        _nodes.RemoveAt(_nodes.Count - 1);
        Release(node.FirstHeld);
        _pending = node.FirstHeld;
        node.Output.SetGradient(null);
        node.Output.Unpin();
        node.Recycle();
    }

    private void Release(int first)
    {
        for (var i = _held.Count - 1; i >= first; i--)
        {
            var (cell, data) = _held[i];
            if (data) cell.Drop();
            else cell.Unpin();
        }

        _held.RemoveRange(first, _held.Count - first);
    }

    /// <summary>Resumes recording when disposed.</summary>
    public readonly struct PauseToken : IDisposable
    {
        private readonly Tape? _paused;

        internal PauseToken(Tape? paused) => _paused = paused;

        /// <inheritdoc/>
        public void Dispose() => _current = _paused;
    }
}

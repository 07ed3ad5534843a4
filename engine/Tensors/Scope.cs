namespace SiaEngine;

/// <summary>
/// Owns the tensors created inside it. Leaving the scope releases them, except those the tape saved or <see cref="Keep"/> handed out;
/// a buffer nobody holds is back in the pool at once. Scopes nest and belong to one thread.
/// </summary>
public sealed class Scope : IDisposable
{
    [ThreadStatic]
    private static Scope? _current;

    [ThreadStatic]
    private static Stack<Scope>? _spare;

    private readonly List<TensorCell> _owned = [];
    private Scope? _outer;

    private Scope()
    {
    }

    /// <summary>Opens a scope: <c>using var scope = Scope.Enter();</c>.</summary>
    public static Scope Enter()
    {
        if (!(_spare ??= new Stack<Scope>()).TryPop(out var scope)) scope = new Scope();
        scope._outer = _current;
        return _current = scope;
    }

    /// <summary>Hands a tensor to the enclosing scope, so that it outlives this one.</summary>
    /// <exception cref="InvalidOperationException">There is no enclosing scope.</exception>
    public Tensor Keep(Tensor tensor)
    {
        if (_outer is null) throw new InvalidOperationException("scope: Keep needs an enclosing scope to hand the tensor to.");
        tensor.Cell.Hold();
        _outer._owned.Add(tensor.Cell);
        return tensor;
    }

    /// <summary>Closes the scope and releases what it owns.</summary>
    public void Dispose()
    {
        if (_current != this) throw new InvalidOperationException("scope: scopes must be closed in the reverse order of opening, once, on their thread.");
        _current = _outer;
        _outer = null;
        for (var i = _owned.Count - 1; i >= 0; i--) _owned[i].Drop();
        _owned.Clear();
        _spare!.Push(this);
    }

    internal static void Own(TensorCell cell)
    {
        if (_current is not { } scope)
        {
            cell.Drop();
            throw new InvalidOperationException("scope: a tensor was created outside any scope; open one with Scope.Enter().");
        }

        scope._owned.Add(cell);
    }
}

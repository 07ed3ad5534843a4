namespace SiaEngine.SimulatedCuda;

/// <summary>The contexts of the calling thread; the one on top is current.</summary>
internal static class ContextStack
{
    [ThreadStatic]
    private static List<Context?>? _stack;

    /// <summary>The current context, or null.</summary>
    public static Context? Current
    {
        get => _stack is { Count: > 0 } stack ? stack[^1] : null;
        set
        {
            var stack = _stack ??= [];
            if (stack.Count > 0) stack.RemoveAt(stack.Count - 1);
            if (value is not null) stack.Add(value);
        }
    }

    /// <summary>Puts a context on top.</summary>
    public static void Push(Context context) => (_stack ??= []).Add(context);

    /// <summary>Takes the top away.</summary>
    public static Context? Pop()
    {
        var top = Current;
        Current = null;
        return top;
    }
}

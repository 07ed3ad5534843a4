namespace SiaEngine.SimulatedCuda;

/// <summary>Handles of contexts, modules, functions, streams, events and graphs. A handle is never used twice, so that one of something destroyed is told from a wrong one.</summary>
internal static class Handles
{
    private static readonly nint First = unchecked((nint)0x5100_0000_0000);
    private const nint Distance = 0x100;

    private static readonly Dictionary<nint, object> Live = [];
    private static nint _next = First;

    /// <summary>A new handle.</summary>
    public static nint Add(object target)
    {
        var handle = _next;
        _next += Distance;
        Live.Add(handle, target);
        return handle;
    }

    /// <summary>What a handle stands for.</summary>
    /// <exception cref="CuException">It stands for nothing, or for something else.</exception>
    public static T Find<T>(nint handle, string what) where T : class
    {
        if (Live.TryGetValue(handle, out var target) && target is T found) return found;
        var status = what == "context" ? CuResult.InvalidContext : CuResult.InvalidHandle;
        if (target is not null) throw new CuException(status, $"0x{handle:x} is no {what} but a {target.GetType().Name.ToLowerInvariant()}");
        var gone = handle >= First && handle < _next && (handle - First) % Distance == 0;
        throw new CuException(status, gone ? $"the {what} 0x{handle:x} was destroyed" : $"0x{handle:x} is no {what}");
    }

    /// <summary>Ends a handle.</summary>
    public static void Remove(nint handle) => Live.Remove(handle);
}

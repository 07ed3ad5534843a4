namespace ManagedCuda;

/// <summary>An entry of a native library, looked up on first use, so that a library without it serves all others.</summary>
internal sealed class NativeEntry(NativeLibraryFile library, string name)
{
    private nint _address;
    private int _generation;

    /// <summary>Name in the library.</summary>
    public string Name => name;

    /// <summary>Its address.</summary>
    /// <exception cref="DllNotFoundException">The library does not load; the message lists what was tried.</exception>
    /// <exception cref="EntryPointNotFoundException">The library has no such entry.</exception>
    public nint Address => _generation == library.Generation ? _address : Find();

    private nint Find()
    {
        var generation = library.Generation;
        _address = library.Find(name);
        _generation = generation;
        return _address;
    }
}

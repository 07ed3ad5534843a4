namespace SiaEngine;

/// <summary>
/// Work of a device recorded once, to be issued again as a whole: the same kernels with the same numbers on the same memory. What it reads from outside must stay
/// alive; the memory inside it is its own until it is disposed.
/// </summary>
public abstract class CapturedWork : IDisposable
{
    /// <summary>Issues the work; it is done when the device has been waited for.</summary>
    public abstract void Replay();

    /// <summary>Waits for the device and makes the checks of indices that could not be made while recording, for the last replay.</summary>
    /// <exception cref="IndexException">An index was not allowed; results of that replay mean nothing.</exception>
    public abstract void Verify();

    /// <summary>Gives its memory back to the pool; nothing may be replayed afterwards.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the derived class holds.</summary>
    protected abstract void Dispose(bool disposing);
}

namespace SiaEngine.SimulatedCuda;

/// <summary>
/// A stream. Work runs when it is issued; what the program may not know yet is remembered: asynchronous copies whose host memory must not change before the
/// program has waited for them.
/// </summary>
internal sealed unsafe class Stream
{
    private const int MostPending = 256;

    private readonly List<PendingCopy> _pending = [];

    /// <summary>New stream.</summary>
    public Stream(Context context, uint flags, int priority, bool isDefault = false)
    {
        (Context, Flags, Priority, IsDefault) = (context, flags, priority, isDefault);
        context.Streams.Add(this);
    }

    /// <summary>An asynchronous copy the program has not waited for.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Number">Number of the operation in its stream.</param>
    /// <param name="Host">Host memory.</param>
    /// <param name="Bytes">Size.</param>
    /// <param name="Hash">Hash of the source; of copies to the host nothing.</param>
    private readonly record struct PendingCopy(string Call, long Number, nint Host, nuint Bytes, ulong? Hash);

    /// <summary>Its context.</summary>
    public Context Context { get; }

    /// <summary>1 if it does not wait for the default stream.</summary>
    public uint Flags { get; }

    /// <summary>Priority.</summary>
    public int Priority { get; }

    /// <summary>Whether it is the default stream.</summary>
    public bool IsDefault { get; }

    /// <summary>Operations issued.</summary>
    public long Issued { get; private set; }

    /// <summary>The capture it takes part in, or null.</summary>
    public Capture? Capture { get; set; }

    /// <summary>Runs an operation now, or adds it to the graph that is being captured.</summary>
    public CuResult Submit(string call, Action work)
    {
        if (Capture is { } capture)
        {
            capture.Add(this, call, work);
            return CuResult.Success;
        }

        RefuseImplicit(call);
        Issued++;
        work();
        return CuResult.Success;
    }

    /// <summary>Notes an asynchronous copy that was issued last.</summary>
    public void Note(string call, nint host, nuint bytes, bool fromHost)
    {
        if (Capture is not null) return;
        if (!PinnedMemory.Holds(host, bytes))
        {
            Report.Hint("unpinned", $"{call}: {bytes} bytes of host memory at 0x{host:x} are not pinned: on a GPU this copy blocks or goes through a staging buffer");
            return;
        }

        // The device writes these bytes in its own order: that they change says nothing about the program.
        if (!fromHost)
            foreach (var stream in Context.Streams) stream.Forget(host, bytes);
        if (_pending.Count == MostPending) _pending.RemoveAt(0);
        _pending.Add(new PendingCopy(call, Issued, host, bytes, fromHost ? Hash(host, bytes) : null));
    }

    /// <summary>The program knows that the operations up to a number are done: checks what it did to their memory meanwhile.</summary>
    public void Complete(long upTo = long.MaxValue)
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var copy = _pending[i];
            if (copy.Number > upTo) continue;
            _pending.RemoveAt(i--);
            if (copy.Hash is { } hash && PinnedMemory.IsHostsAlone(copy.Host, copy.Bytes) && Hash(copy.Host, copy.Bytes) != hash)
                Report.Line($"{copy.Call}: the {copy.Bytes} bytes at 0x{copy.Host:x} were changed before anything waited for the copy: a GPU may have copied the new ones");
        }
    }

    /// <summary>The call of a pending copy from or to some of these bytes, or null.</summary>
    public string? PendingIn(nint host, nuint bytes)
    {
        foreach (var copy in _pending)
            if (Overlaps(copy, host, bytes)) return copy.Call;
        return null;
    }

    private void Forget(nint host, nuint bytes)
    {
        for (var i = 0; i < _pending.Count; i++)
            if (Overlaps(_pending[i], host, bytes)) _pending[i] = _pending[i] with { Hash = null };
    }

    private static bool Overlaps(in PendingCopy copy, nint host, nuint bytes) => copy.Host < host + (nint)bytes && host < copy.Host + (nint)copy.Bytes;

    /// <summary>Refuses work on the default stream that a capturing stream would have to wait for.</summary>
    private void RefuseImplicit(string call)
    {
        if (!IsDefault) return;
        foreach (var capture in Context.Captures)
        {
            if ((capture.Origin.Flags & 1) != 0) continue;
            capture.IsInvalidated = true;
            throw new CuException(CuResult.StreamCaptureImplicit, $"{call} on the default stream while a blocking stream is capturing");
        }
    }

    private static ulong Hash(nint host, nuint bytes)
    {
        var hash = 14695981039346656037;
        var at = (byte*)host;
        var words = bytes / 8;
        for (nuint i = 0; i < words; i++) hash = (hash ^ ((ulong*)at)[i]) * 1099511628211;
        for (var i = words * 8; i < bytes; i++) hash = (hash ^ at[i]) * 1099511628211;
        return hash;
    }
}

namespace SiaEngine.SimulatedCuda;

/// <summary>What streams record between <c>cuStreamBeginCapture</c> and <c>cuStreamEndCapture</c>.</summary>
/// <param name="origin">Stream it began in.</param>
/// <param name="mode">0 global, 1 thread-local, 2 relaxed: which calls are refused meanwhile.</param>
/// <param name="thread">Thread that began it.</param>
internal sealed class Capture(Stream origin, int mode, int thread)
{
    private const int Global = 0;
    private const int Relaxed = 2;

    private readonly Dictionary<Stream, int> _work = new() { [origin] = 0 };
    private readonly Dictionary<Event, (Stream Stream, int Work)> _events = [];
    private readonly HashSet<Stream> _unjoined = [];

    /// <summary>Stream it began in.</summary>
    public Stream Origin => origin;

    /// <summary>What is recorded.</summary>
    public Graph Graph { get; } = new();

    /// <summary>Whether a forbidden call came between.</summary>
    public bool IsInvalidated { get; set; }

    /// <summary>Whether it is over.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether calls that touch no stream are refused on a thread.</summary>
    public bool Forbids(int caller) => mode != Relaxed && (mode == Global || caller == thread);

    /// <summary>Adds an operation.</summary>
    public void Add(Stream stream, string call, Action work)
    {
        if (IsInvalidated) throw new CuException(CuResult.StreamCaptureInvalidated);
        Graph.Add(call, work);
        _work[stream]++;
        if (stream != origin) _unjoined.Add(stream);
    }

    /// <summary>An event recorded in a capturing stream.</summary>
    public void Record(Stream stream, Event recorded) => _events[recorded] = (stream, _work[stream]);

    /// <summary>A stream waits for an event of this capture: it takes part from here on; the origin has then seen that stream's work.</summary>
    public void Join(Stream stream, Event recorded)
    {
        var (from, work) = _events[recorded];
        if (stream == origin && _work[from] == work) _unjoined.Remove(from);
        if (stream.Capture == this) return;
        stream.Capture = this;
        _work[stream] = 0;
        _unjoined.Add(stream);
    }

    /// <summary>Ends it.</summary>
    public Graph End(Stream stream, int caller)
    {
        if (stream != origin) throw new CuException(CuResult.StreamCaptureUnmatched, "the capture began in another stream");
        if (mode != Relaxed && caller != thread) throw new CuException(CuResult.StreamCaptureWrongThread);
        IsEnded = true;
        foreach (var member in _work.Keys) member.Capture = null;
        origin.Context.Captures.Remove(this);
        if (IsInvalidated) throw new CuException(CuResult.StreamCaptureInvalidated, "a call that is not allowed while a stream is capturing came between");
        if (_unjoined.Count > 0) throw new CuException(CuResult.StreamCaptureUnjoined, "a stream that forked off was not joined by an event");
        return Graph;
    }
}

using System.Diagnostics;

namespace SiaEngine.SimulatedCuda;

/// <summary>An event: a place in a stream, and the host's time when the simulation got there.</summary>
/// <param name="flags">2: no time.</param>
internal sealed class Event(uint flags)
{
    private const uint DisableTiming = 2;

    private Stream? _stream;
    private long _number;
    private long _time;

    /// <summary>Whether elapsed times can be asked for.</summary>
    public bool HasTime => (flags & DisableTiming) == 0;

    /// <summary>The capture it was recorded in, or null.</summary>
    public Capture? Capture { get; private set; }

    /// <summary>Whether it was recorded.</summary>
    public bool IsRecorded => _stream is not null;

    /// <summary>Marks the present end of a stream.</summary>
    public CuResult Record(Stream stream)
    {
        if (stream.Capture is { } capture)
        {
            capture.Record(stream, this);
            Capture = capture;
            return CuResult.Success;
        }

        Capture = null;
        return stream.Submit("cuEventRecord", () => Mark(stream));
    }

    /// <summary>Makes a stream wait; streams run in the order of issue, so only a capture has anything to do.</summary>
    public CuResult WaitedForBy(Stream stream)
    {
        if (Capture is { IsEnded: false } capture)
        {
            if (stream.Capture is { } other && other != capture) throw new CuException(CuResult.StreamCaptureMerge, "cuStreamWaitEvent joins two captures");
            capture.Join(stream, this);
        }

        return CuResult.Success;
    }

    /// <summary>The host knows that it is done.</summary>
    public CuResult Complete()
    {
        if (Capture is { IsEnded: false }) throw new CuException(CuResult.CapturedEvent, "the event was recorded in a stream that is capturing");
        _stream?.Complete(_number);
        return CuResult.Success;
    }

    /// <summary>Milliseconds between two events, of the host that simulates.</summary>
    public static float Elapsed(Event start, Event end)
    {
        if (!start.HasTime || !end.HasTime) throw new CuException(CuResult.InvalidHandle, "an event was made without timing");
        if (!start.IsRecorded || !end.IsRecorded) throw new CuException(CuResult.InvalidHandle, "an event was not recorded");
        return (float)Stopwatch.GetElapsedTime(start._time, end._time).TotalMilliseconds;
    }

    private void Mark(Stream stream) => (_stream, _number, _time) = (stream, stream.Issued, Stopwatch.GetTimestamp());
}

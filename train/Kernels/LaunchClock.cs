using SiaEngine.Cuda;

namespace SiaEngine.Train.Kernels;

/// <summary>Times single launches with events of the device; before each, the second-level cache is overwritten, unless <paramref name="flushBytes"/> is 0.</summary>
internal sealed class LaunchClock(ICudaDriver driver, nuint flushBytes) : IDisposable
{
    private const int MostPending = 200;

    private readonly Dictionary<(string Name, string Case), (List<double> Times, double Bytes, double Flops, DType DType)> _cases = [];
    private readonly List<((string, string) Key, nint Start, nint End)> _pending = [];
    private readonly Stack<nint> _marks = [];
    private readonly nint _flush = flushBytes > 0 ? driver.Allocate(flushBytes) : 0;
    private nint _start;

    /// <summary>Whether launches are timed; if not they only run.</summary>
    public bool Running { get; set; } = true;

    /// <summary>Call before what is to be timed is issued.</summary>
    public void Begin()
    {
        if (!Running) return;
        if (_pending.Count >= MostPending) Drain();
        if (flushBytes > 0) driver.Fill(_flush, 0, flushBytes);
        _start = Mark();
        driver.RecordEvent(_start);
    }

    /// <summary>Call after it.</summary>
    public void End(string name, string what, double bytes, double flops, DType dtype = DType.F32)
    {
        if (!Running) return;
        var end = Mark();
        driver.RecordEvent(end);
        _cases.TryAdd((name, what), ([], bytes, flops, dtype));
        _pending.Add(((name, what), _start, end));
    }

    /// <summary>All cases so far.</summary>
    public List<KernelTiming> Results()
    {
        Drain();
        var results = new List<KernelTiming>();
        foreach (var ((name, what), (times, bytes, flops, dtype)) in _cases)
        {
            times.Sort();
            results.Add(new KernelTiming(name, what, times.Count, Math.Round(1e3 * times[times.Count / 2], 2), Math.Round(1e3 * times[0], 2), bytes, flops) { DType = dtype, TotalUs = 1e3 * times.Sum() });
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_marks.TryPop(out var mark)) driver.DestroyEvent(mark);
        if (flushBytes > 0) driver.Free(_flush);
    }

    private nint Mark() => _marks.TryPop(out var mark) ? mark : driver.CreateEvent();

    private void Drain()
    {
        foreach (var (key, start, end) in _pending)
        {
            // An event resolves about half a microsecond; nothing takes no time.
            _cases[key].Times.Add(Math.Max(driver.Elapsed(start, end), 1e-4));
            _marks.Push(start);
            _marks.Push(end);
        }

        _pending.Clear();
    }
}

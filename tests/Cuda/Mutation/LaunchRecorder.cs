using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>A simulated driver that keeps every launch with the memory it was given, one of each <see cref="RecordedLaunch.Key"/>.</summary>
internal sealed unsafe class LaunchRecorder : ICudaDriver
{
    private const ulong Alignment = 256;

    private readonly SimulatedDriver _driver = new();
    private readonly Dictionary<nint, string> _files = [];
    private readonly Dictionary<nint, (string File, string Entry)> _entries = [];
    private readonly HashSet<string> _keys = [];
    private KernelRun? _run;

    public LaunchRecorder() => _driver.Launched = run => _run = run;

    public List<RecordedLaunch> Launches { get; } = [];

    public string DeviceName => _driver.DeviceName;

    public (int Major, int Minor) ComputeCapability => _driver.ComputeCapability;

    public nint LoadModule(PtxSource source)
    {
        var module = _driver.LoadModule(source);
        _files[module] = source.Name;
        return module;
    }

    public nint GetFunction(nint module, string entry)
    {
        var function = _driver.GetFunction(module, entry);
        _entries[function] = (_files[module], entry);
        return function;
    }

    public void SetDynamicShared(nint function, int bytes) => _driver.SetDynamicShared(function, bytes);

    public nint Allocate(nuint bytes) => _driver.Allocate(bytes);

    public void Free(nint address) => _driver.Free(address);

    public void Discard(nint address, nuint bytes) => _driver.Discard(address, bytes);

    public void CopyToDevice(ReadOnlySpan<byte> source, nint destination) => _driver.CopyToDevice(source, destination);

    public void CopyToHost(nint source, Span<byte> destination) => _driver.CopyToHost(source, destination);

    public void Copy(nint source, nint destination, nuint bytes) => _driver.Copy(source, destination, bytes);

    public void Fill(nint address, byte value, nuint bytes) => _driver.Fill(address, value, bytes);

    public void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments)
    {
        var ranges = Ranges(arguments);
        var before = ranges.ConvertAll(range => Read(_driver, range.First, (int)(range.End - range.First)));
        _driver.Launch(function, shape, arguments);
        var buffers = new RecordedBuffer[ranges.Count];
        for (var i = 0; i < buffers.Length; i++)
        {
            var (bytes, written) = Read(_driver, ranges[i].First, before[i].Bytes.Length);
            buffers[i] = new RecordedBuffer(ranges[i].First, before[i].Bytes, before[i].Written, bytes, written);
        }

        var run = _run!;
        var executed = new HashSet<(int, int)>();
        for (var pc = 0; pc < run.Instructions.Count; pc++)
            if (run.Counters.ActiveLanes[pc] > 0) executed.Add((run.Instructions[pc].Line, run.Instructions[pc].Column));
        var (file, entry) = _entries[function];
        var launch = new RecordedLaunch(file, entry, shape, arguments.ToArray(), buffers, run.Counters.WarpInstructions, executed);
        if (_keys.Add(launch.Key)) Launches.Add(launch);
    }

    public void Synchronize() => _driver.Synchronize();

    public nint CreateEvent() => _driver.CreateEvent();

    public void RecordEvent(nint mark) => _driver.RecordEvent(mark);

    public double Elapsed(nint start, nint end) => _driver.Elapsed(start, end);

    public void DestroyEvent(nint mark) => _driver.DestroyEvent(mark);

    public void BeginCapture() => throw new NotSupportedException("launches are recorded as they run");

    public nint EndCapture() => throw new NotSupportedException("launches are recorded as they run");

    public void LaunchGraph(nint graph) => throw new NotSupportedException("launches are recorded as they run");

    public void DestroyGraph(nint graph)
    {
    }

    public void Dispose() => _driver.Dispose();

    /// <summary>Bytes of device memory and which of them were written; the address is a multiple of 64 bytes from the start of its allocation.</summary>
    public static (byte[] Bytes, ulong[] Written) Read(SimulatedDriver driver, ulong address, int count)
    {
        var allocation = driver.Memory.Find(address)!;
        var offset = address - allocation.Address;
        var written = new ReadOnlySpan<ulong>(allocation.Written + offset / 64, (count + 63) / 64).ToArray();
        if (count % 64 != 0) written[^1] &= (1UL << count % 64) - 1;
        return (new ReadOnlySpan<byte>(allocation.Data + offset, count).ToArray(), written);
    }

    /// <summary>Ranges of memory behind the arguments, those that overlap as one.</summary>
    private List<(ulong First, ulong End)> Ranges(ReadOnlySpan<KernelArg> arguments)
    {
        var ranges = new List<(ulong First, ulong End)>();
        foreach (var argument in arguments)
        {
            if (argument.Extent == 0) continue;
            var start = _driver.Memory.Find(argument.Bits)!.Address;
            ranges.Add((argument.Bits - (argument.Bits - start) % Alignment, argument.Bits + argument.Extent));
        }

        ranges.Sort();
        for (var i = ranges.Count - 1; i > 0; i--)
        {
            if (ranges[i].First >= ranges[i - 1].End) continue;
            ranges[i - 1] = (ranges[i - 1].First, Math.Max(ranges[i - 1].End, ranges[i].End));
            ranges.RemoveAt(i);
        }

        return ranges;
    }
}

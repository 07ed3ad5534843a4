using System.Diagnostics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A driver that interprets PTX on the CPU and stops at what hardware hides: accesses out of bounds, unwritten memory and registers, races, divergent barriers,
/// deadlock. Every call is complete when it returns. After a fault the driver can be used on.
/// </summary>
/// <param name="model">The GPU whose limits hold; an H200 if none is given.</param>
public sealed unsafe class SimulatedDriver(GpuModel? model = null) : ICudaDriver
{
    private readonly List<SimulatedModule> _modules = [];
    private readonly List<SimulatedFunction> _functions = [];
    private readonly Dictionary<(int Module, string Entry), int> _handles = [];
    private readonly SimulatedGraphs _graphs = new();
    private readonly Dictionary<nint, long> _marks = [];
    private nint _lastMark;
    private long _launches;

    /// <summary>The GPU whose limits hold.</summary>
    public GpuModel Model { get; } = model ?? GpuModel.H200;

    /// <summary>Order of blocks, warps and fragments of the launches to come.</summary>
    public Schedule Schedule { get; set; }

    /// <summary>How <c>mma.sync</c> adds.</summary>
    public MmaNumerics Numerics { get; set; }

    /// <summary>Whether kernels are checked for reads of what was never written and for races; bounds and alignment always are.</summary>
    public bool Checks { get; set; } = true;

    /// <summary>Warp instructions after which a launch is stopped.</summary>
    public long InstructionLimit { get; set; } = 4_000_000_000;

    /// <summary>Told about every launch that has run.</summary>
    public Action<KernelRun>? Launched { get; set; }

    /// <summary>Records addresses in the launches to come.</summary>
    public Probe? Probe { get; set; }

    /// <inheritdoc/>
    public string DeviceName => $"simulated {Model.Architecture}";

    /// <inheritdoc/>
    public (int Major, int Minor) ComputeCapability => (Model.Major, Model.Minor);

    /// <summary>Whether work is recorded instead of run.</summary>
    internal bool IsCapturing => _graphs.IsRecording;

    /// <summary>Device memory.</summary>
    internal GlobalMemory Memory { get; init; } = new();

    /// <inheritdoc/>
    public nint LoadModule(PtxSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var module = Parser.Parse(source);
        RequireTarget(module, Model);
        _modules.Add(new SimulatedModule(module, Memory));
        return _modules.Count;
    }

    /// <inheritdoc/>
    public nint GetFunction(nint module, string entry)
    {
        if (_handles.TryGetValue(((int)module, entry), out var handle)) return handle;
        _functions.Add(new SimulatedFunction(_modules[(int)module - 1].Compile(entry), Model));
        _handles.Add(((int)module, entry), _functions.Count);
        return _functions.Count;
    }

    /// <inheritdoc/>
    public void SetDynamicShared(nint function, int bytes) => _functions[(int)function - 1].SetDynamicShared(bytes);

    /// <inheritdoc/>
    public nint Allocate(nuint bytes)
    {
        _graphs.Refuse("allocation");
        try
        {
            return (nint)Memory.Allocate(bytes, $"allocation of {bytes} bytes");
        }
        catch (OutOfMemoryException e)
        {
            throw new DeviceException($"{DeviceName}: no memory for {bytes} bytes", e);
        }
    }

    /// <inheritdoc/>
    public void Free(nint address)
    {
        _graphs.Refuse("freeing memory");
        Memory.Free((ulong)address);
    }

    /// <inheritdoc/>
    public void Discard(nint address, nuint bytes)
    {
        if (!Record(() => Discard(address, bytes))) Memory.Discard((ulong)address, bytes);
    }

    /// <inheritdoc/>
    public void CopyToDevice(ReadOnlySpan<byte> source, nint destination)
    {
        _graphs.Refuse("a copy from the host");
        source.CopyTo(new Span<byte>(Memory.Host((ulong)destination, (nuint)source.Length, write: true), source.Length));
    }

    /// <inheritdoc/>
    public void CopyToHost(nint source, Span<byte> destination)
    {
        _graphs.Refuse("a copy to the host");
        new ReadOnlySpan<byte>(Memory.Host((ulong)source, (nuint)destination.Length, write: false), destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Copy(nint source, nint destination, nuint bytes)
    {
        if (!Record(() => Copy(source, destination, bytes))) Memory.Copy((ulong)source, (ulong)destination, bytes);
    }

    /// <inheritdoc/>
    public void Fill(nint address, byte value, nuint bytes)
    {
        if (!Record(() => Fill(address, value, bytes))) System.Runtime.InteropServices.NativeMemory.Fill(Memory.Host((ulong)address, bytes, write: true), bytes, value);
    }

    /// <inheritdoc/>
    public void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments)
    {
        var target = _functions[(int)function - 1];
        target.Check(shape);
        if (_graphs.IsRecording)
        {
            var (recorded, kept) = (shape, arguments.ToArray());
            _graphs.Add(() => Launch(function, recorded, kept));
            return;
        }

        var parameters = stackalloc byte[target.Kernel.ParameterBytes + 16];
        target.Fill(arguments, parameters);
        var extents = new (ulong, nuint)[arguments.Length];
        var onlyExtents = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            extents[i] = (arguments[i].Bits, arguments[i].Extent);
            onlyExtents |= arguments[i].Extent > 0;
        }

        Run(target, shape, parameters, extents, onlyExtents, Launched is null ? [] : target.Name(arguments));
    }

    /// <summary>Launches a kernel with the bytes of its parameter space, structures among them; it may touch every live allocation.</summary>
    /// <exception cref="CudaException">The shape is not allowed, the bytes are not as many as the parameters take, or a check stopped the kernel.</exception>
    internal void Launch(SimulatedFunction target, in LaunchShape shape, ReadOnlySpan<byte> parameters)
    {
        target.Check(shape);
        if (parameters.Length != target.Kernel.ParameterBytes)
            throw new CudaException($"{target.Kernel.Name} takes {target.Kernel.ParameterBytes} bytes of parameters, got {parameters.Length}");
        var padded = stackalloc byte[parameters.Length + 16];
        parameters.CopyTo(new Span<byte>(padded, parameters.Length));
        Run(target, shape, padded, [], false, Launched is null ? [] : target.Name(parameters));
    }

    /// <inheritdoc/>
    public void Synchronize() => _graphs.Refuse("waiting");

    /// <inheritdoc/>
    public nint CreateEvent()
    {
        _marks.Add(++_lastMark, 0);
        return _lastMark;
    }

    /// <inheritdoc/>
    public void RecordEvent(nint mark) => _marks[mark] = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public double Elapsed(nint start, nint end) => Stopwatch.GetElapsedTime(_marks[start], _marks[end]).TotalMilliseconds;

    /// <inheritdoc/>
    public void DestroyEvent(nint mark) => _marks.Remove(mark);

    /// <inheritdoc/>
    public void BeginCapture() => _graphs.Begin();

    /// <inheritdoc/>
    public nint EndCapture() => _graphs.End();

    /// <inheritdoc/>
    public void LaunchGraph(nint graph) => _graphs.Launch(graph);

    /// <inheritdoc/>
    public void DestroyGraph(nint graph) => _graphs.Destroy(graph);

    /// <summary>Takes a piece of work into the graph being captured; false if there is none, and the work is to be done now.</summary>
    internal bool Record(Action work)
    {
        if (!_graphs.IsRecording) return false;
        _graphs.Add(work);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var function in _functions) function.Kernel.Pool.Dispose();
        _functions.Clear();
        Memory.Dispose();
    }

    /// <summary>Refuses a module for a newer GPU.</summary>
    /// <exception cref="PtxException">It is for a newer GPU.</exception>
    internal static void RequireTarget(PtxModule module, GpuModel model)
    {
        if (Capability(module.Target) > model.Major * 10 + model.Minor)
            throw new PtxException($"{module.Source.Name}: written for {module.Target}; the device is simulated {model.Architecture}");
    }

    private void Run(SimulatedFunction target, in LaunchShape shape, byte* parameters, (ulong, nuint)[] extents, bool onlyExtents, KernelParameter[] named)
    {
        var kernel = target.Kernel;
        var launch = new KernelLaunch
        {
            Kernel = kernel,
            Shape = shape,
            Memory = new LaunchMemory(Memory, extents, onlyExtents, countDistinct: Launched is not null),
            Parameters = parameters,
            Schedule = Schedule,
            Numerics = Numerics,
            InstructionLimit = InstructionLimit,
            Checks = Checks,
            Probe = Probe,
            Multiprocessors = Model.Multiprocessors,
            Number = ++_launches,
        };
        var counters = Launched is null ? null : new KernelCounters(kernel.Steps.Length);
        var clock = Stopwatch.GetTimestamp();
        try
        {
            GridRun.Run(launch, counters);
        }
        catch (KernelFaultException fault)
        {
            throw new CudaException(fault.Message, fault);
        }

        if (counters is null) return;
        counters.Seconds = Stopwatch.GetElapsedTime(clock).TotalSeconds;
        counters.CountFlops(kernel.Steps);
        var (read, written) = launch.Memory.DistinctBytes();
        Launched!(new KernelRun(kernel.Name, kernel.Module, kernel.Function, shape, named, Array.ConvertAll(kernel.Steps, static step => step.Source), counters,
            kernel.SharedBytes, read, written));
    }

    private static int Capability(string target)
    {
        var number = 0;
        foreach (var c in target)
            if (char.IsAsciiDigit(c)) number = number * 10 + (c - '0');
        return number;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace SiaEngine.Cuda;

/// <summary>
/// NVIDIA's driver through ManagedCuda's API: the primary context of a device and one non-blocking stream, both owned by the thread that opened them. Every status is
/// checked. A launch allocates nothing.
/// </summary>
public sealed unsafe class ManagedCudaDriver : ICudaDriver
{
    private const int MostArguments = 64;

    /// <summary>Only calls of the capturing thread are forbidden while it captures.</summary>
    private const CUstreamCaptureMode ThreadLocal = (CUstreamCaptureMode)1;

    private readonly CUdevice _device;
    private readonly CUcontext _context;
    private readonly CUstream _stream;
    private readonly bool _pooled;
    private readonly Dictionary<nint, string> _names = [];
    private readonly List<CUmodule> _modules = [];
    private readonly ulong* _values;
    private readonly IntPtr[] _arguments = new IntPtr[MostArguments];
    private readonly CUlaunchAttribute[] _cluster = [new CUlaunchAttribute { id = CUlaunchAttributeID.ClusterDimension }];
    private readonly StagingBuffer _staging;
    private int _owner = Environment.CurrentManagedThreadId;
    private CUfunction _last;
    private bool _capturing, _disposed;

    /// <summary>Opens a device.</summary>
    /// <param name="ordinal">Its number among those the driver shows.</param>
    /// <exception cref="DeviceException">There is no driver or no such device; the message says what was looked for.</exception>
    /// <exception cref="CudaException">A call failed.</exception>
    public ManagedCudaDriver(int ordinal = 0)
    {
        Version = DriverFacts.Version();
        var count = DriverFacts.Count();
        if (ordinal < 0 || ordinal >= count) throw new DeviceException($"no CUDA device {ordinal}; the driver shows {count}");
        Check(DriverAPINativeMethods.DeviceManagement.cuDeviceGet(ref _device, ordinal), "cuDeviceGet");
        DeviceName = DriverFacts.Name(_device);
        ComputeCapability = (DriverFacts.Attribute(_device, CUDeviceAttribute.ComputeCapabilityMajor), DriverFacts.Attribute(_device, CUDeviceAttribute.ComputeCapabilityMinor));
        L2Bytes = DriverFacts.Attribute(_device, CUDeviceAttribute.L2CacheSize);
        Check(DriverAPINativeMethods.ContextManagement.cuDevicePrimaryCtxRetain(ref _context, _device), "cuDevicePrimaryCtxRetain");
        Check(DriverAPINativeMethods.ContextManagement.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
        Check(DriverAPINativeMethods.Streams.cuStreamCreate(ref _stream, CUStreamFlags.NonBlocking), "cuStreamCreate");
        _pooled = KeepPool();
        _staging = new StagingBuffer(this);

        // The driver reads as many arguments as the kernel declares, each where its pointer says: the pointers never change, a launch writes values only.
        _values = (ulong*)NativeMemory.AllocZeroed(MostArguments, sizeof(ulong));
        for (var i = 0; i < MostArguments; i++) _arguments[i] = (IntPtr)(_values + i);
    }

    /// <inheritdoc/>
    public string DeviceName { get; }

    /// <inheritdoc/>
    public (int Major, int Minor) ComputeCapability { get; }

    /// <summary>CUDA version the driver supports, as (12, 4).</summary>
    public (int Major, int Minor) Version { get; }

    /// <summary>Bytes of the second-level cache.</summary>
    public int L2Bytes { get; }

    /// <summary>Whether a failure has put the context beyond use.</summary>
    public bool IsLost { get; private set; }

    internal CUstream Stream => _stream;

    /// <summary>Makes the calling thread the owner, which must not run beside the one before it.</summary>
    public void TakeOver()
    {
        if (_owner == Environment.CurrentManagedThreadId) return;
        _owner = Environment.CurrentManagedThreadId;
        Check(DriverAPINativeMethods.ContextManagement.cuCtxSetCurrent(_context), "cuCtxSetCurrent");
    }

    /// <inheritdoc/>
    public nint LoadModule(PtxSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Enter(ModuleLoad.Call);
        var module = new CUmodule();
        var status = ModuleLoad.Run(source, DeviceName, ref module);
        if (status != CUResult.Success) Fail(status, ModuleLoad.Call, source.Name);
        _modules.Add(module);
        return module.Pointer;
    }

    /// <inheritdoc/>
    public nint GetFunction(nint module, string entry)
    {
        const string call = "cuModuleGetFunction";
        Enter(call);
        var function = new CUfunction();
        var status = DriverAPINativeMethods.ModuleManagement.cuModuleGetFunction(ref function, new CUmodule { Pointer = module }, entry);
        if (DriverFacts.IsNotFound(status)) throw new PtxException($"no kernel '{entry}' in the module ({call}: {DriverFacts.Describe(status)})");
        if (status != CUResult.Success) Fail(status, call, entry);
        _names[function.Pointer] = entry;
        return function.Pointer;
    }

    /// <inheritdoc/>
    public void SetDynamicShared(nint function, int bytes)
    {
        Enter("cuFuncSetAttribute");
        var status = DriverAPINativeMethods.FunctionManagement.cuFuncSetAttribute(new CUfunction { Pointer = function }, CUFunctionAttribute.MaxDynamicSharedSizeBytes, bytes);
        if (status != CUResult.Success) Fail(status, "cuFuncSetAttribute", $"{_names[function]}, {bytes} bytes of dynamic shared memory");
    }

    /// <inheritdoc/>
    public nint Allocate(nuint bytes)
    {
        var call = _pooled ? "cuMemAllocAsync" : "cuMemAlloc";
        Enter(call);
        RefuseInCapture(call);
        var address = new CUdeviceptr();
        var status = _pooled
            ? DriverAPINativeMethods.MemoryManagement.cuMemAllocAsync(ref address, (ulong)bytes, _stream)
            : DriverAPINativeMethods.MemoryManagement.cuMemAlloc_v2(ref address, (ulong)bytes);
        if (status == CUResult.ErrorOutOfMemory)
            throw new DeviceException($"{DeviceName}: no memory for {bytes} bytes; {DriverFacts.FreeMemory()} ({call}: {DriverFacts.Describe(status)})");
        if (status != CUResult.Success) Fail(status, call, $"{bytes} bytes");
        return (nint)(ulong)address.Pointer;
    }

    /// <inheritdoc/>
    public void Free(nint address)
    {
        var call = _pooled ? "cuMemFreeAsync" : "cuMemFree";
        if (IsLost || _disposed) return;
        Enter(call);
        RefuseInCapture(call);
        Check(_pooled
            ? DriverAPINativeMethods.MemoryManagement.cuMemFreeAsync(At(address), _stream)
            : DriverAPINativeMethods.MemoryManagement.cuMemFree_v2(At(address)), call);
    }

    /// <inheritdoc/>
    public void Discard(nint address, nuint bytes)
    {
    }

    /// <inheritdoc/>
    public void CopyToDevice(ReadOnlySpan<byte> source, nint destination)
    {
        const string call = "cuMemcpyHtoDAsync";
        Enter(call);
        RefuseInCapture(call);
        while (source.Length > 0)
        {
            var slot = _staging.Next();
            var part = Math.Min(source.Length, StagingBuffer.SlotBytes);
            source[..part].CopyTo(new Span<byte>((void*)slot, part));
            Check(DriverAPINativeMethods.AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(At(destination), slot, part, _stream), call);
            _staging.Issued();
            source = source[part..];
            destination += part;
        }
    }

    /// <inheritdoc/>
    public void CopyToHost(nint source, Span<byte> destination)
    {
        const string call = "cuMemcpyDtoHAsync";
        Enter(call);
        RefuseInCapture(call);
        while (destination.Length > 0)
        {
            var slot = _staging.Next();
            var part = Math.Min(destination.Length, StagingBuffer.SlotBytes);
            Check(DriverAPINativeMethods.AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(slot, At(source), part, _stream), call);
            Check(DriverAPINativeMethods.Streams.cuStreamSynchronize(_stream), "cuStreamSynchronize");
            new ReadOnlySpan<byte>((void*)slot, part).CopyTo(destination);
            destination = destination[part..];
            source += part;
        }
    }

    /// <inheritdoc/>
    public void Copy(nint source, nint destination, nuint bytes)
    {
        Enter("cuMemcpyDtoDAsync");
        if (bytes > 0) Check(DriverAPINativeMethods.AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(At(destination), At(source), (ulong)bytes, _stream), "cuMemcpyDtoDAsync");
    }

    /// <inheritdoc/>
    public void Fill(nint address, byte value, nuint bytes)
    {
        Enter("cuMemsetD8Async");
        if (bytes > 0) Check(DriverAPINativeMethods.MemsetAsync.cuMemsetD8Async(At(address), value, (ulong)bytes, _stream), "cuMemsetD8Async");
    }

    /// <inheritdoc/>
    public void Launch(nint function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments)
    {
        Enter("cuLaunchKernel");
        if (arguments.Length > MostArguments) throw new ArgumentException($"{_names[function]}: {arguments.Length} arguments; the launcher passes at most {MostArguments}");
        for (var i = 0; i < arguments.Length; i++) _values[i] = arguments[i].Bits;
        _last = new CUfunction { Pointer = function };
        var clustered = shape.Cluster.X > 0;
        var status = clustered ? LaunchClusters(shape) : DriverAPINativeMethods.Launch.cuLaunchKernel(_last, (uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ,
            (uint)shape.BlockX, (uint)shape.BlockY, (uint)shape.BlockZ, (uint)shape.SharedBytes, _stream, _arguments, null);
        if (status != CUResult.Success) Fail(status, clustered ? "cuLaunchKernelEx" : "cuLaunchKernel", shape.ToString(), _names[function]);
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        Enter("cuStreamSynchronize");
        RefuseInCapture("cuStreamSynchronize");
        Check(DriverAPINativeMethods.Streams.cuStreamSynchronize(_stream), "cuStreamSynchronize");
    }

    /// <inheritdoc/>
    public nint CreateEvent()
    {
        Enter("cuEventCreate");
        var mark = new CUevent();
        Check(DriverAPINativeMethods.Events.cuEventCreate(ref mark, CUEventFlags.Default), "cuEventCreate");
        return mark.Pointer;
    }

    /// <inheritdoc/>
    public void RecordEvent(nint mark)
    {
        Enter("cuEventRecord");
        Check(DriverAPINativeMethods.Events.cuEventRecord(new CUevent { Pointer = mark }, _stream), "cuEventRecord");
    }

    /// <inheritdoc/>
    public double Elapsed(nint start, nint end)
    {
        Enter("cuEventElapsedTime");
        var milliseconds = 0f;
        Check(DriverAPINativeMethods.Events.cuEventSynchronize(new CUevent { Pointer = end }), "cuEventSynchronize");
        Check(DriverAPINativeMethods.Events.cuEventElapsedTime(ref milliseconds, new CUevent { Pointer = start }, new CUevent { Pointer = end }), "cuEventElapsedTime");
        return milliseconds;
    }

    /// <inheritdoc/>
    public void DestroyEvent(nint mark)
    {
        if (IsLost) return;
        Enter("cuEventDestroy");
        Check(DriverAPINativeMethods.Events.cuEventDestroy_v2(new CUevent { Pointer = mark }), "cuEventDestroy");
    }

    /// <inheritdoc/>
    public void BeginCapture()
    {
        Enter("cuStreamBeginCapture");
        RefuseInCapture("cuStreamBeginCapture");
        Check(DriverAPINativeMethods.Streams.cuStreamBeginCapture(_stream, ThreadLocal), "cuStreamBeginCapture");
        _capturing = true;
    }

    /// <inheritdoc/>
    public nint EndCapture()
    {
        Enter("cuStreamEndCapture");
        if (!_capturing) throw new InvalidOperationException("cuStreamEndCapture: nothing is being captured");
        _capturing = false;
        var (graph, exec) = (new CUgraph(), new CUgraphExec());
        Check(DriverAPINativeMethods.Streams.cuStreamEndCapture(_stream, ref graph), "cuStreamEndCapture");
        var status = DriverAPINativeMethods.GraphManagment.cuGraphInstantiate(ref exec, graph, 0);
        Check(DriverAPINativeMethods.GraphManagment.cuGraphDestroy(graph), "cuGraphDestroy");
        Check(status, "cuGraphInstantiate");
        return exec.Pointer;
    }

    /// <inheritdoc/>
    public void LaunchGraph(nint graph)
    {
        Enter("cuGraphLaunch");
        RefuseInCapture("cuGraphLaunch");
        Check(DriverAPINativeMethods.GraphManagment.cuGraphLaunch(new CUgraphExec { Pointer = graph }, _stream), "cuGraphLaunch");
    }

    /// <inheritdoc/>
    public void DestroyGraph(nint graph)
    {
        if (IsLost || _disposed) return;
        Enter("cuGraphExecDestroy");
        Check(DriverAPINativeMethods.GraphManagment.cuGraphExecDestroy(new CUgraphExec { Pointer = graph }), "cuGraphExecDestroy");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.Free(_values);
        if (IsLost) return;
        _ = DriverAPINativeMethods.ContextManagement.cuCtxSetCurrent(_context);
        _ = DriverAPINativeMethods.Streams.cuStreamSynchronize(_stream);
        _staging.Free();
        foreach (var module in _modules) _ = DriverAPINativeMethods.ModuleManagement.cuModuleUnload(module);
        _ = DriverAPINativeMethods.Streams.cuStreamDestroy_v2(_stream);
        _ = DriverAPINativeMethods.ContextManagement.cuDevicePrimaryCtxRelease(_device);
    }

    internal static CUdeviceptr At(nint address) => new((ulong)address);

    /// <summary>Asks what is left after a library's call failed: nothing, or words for the message if the context is beyond use.</summary>
    internal string AfterFailure()
    {
        var status = DriverAPINativeMethods.Streams.cuStreamSynchronize(_stream);
        IsLost |= DriverFacts.IsSticky(status);
        return IsLost ? $"; then cuStreamSynchronize: {DriverFacts.Describe(status)}; this process cannot use the device any more" : "";
    }

    /// <summary>Checks that the owner calls.</summary>
    internal void Enter(string call)
    {
        if (Environment.CurrentManagedThreadId != _owner)
            throw new InvalidOperationException($"{call}: the CUDA context belongs to thread {_owner}, thread {Environment.CurrentManagedThreadId} called; use a device on one thread, or take the driver over first");
        ObjectDisposedException.ThrowIf(_disposed, this);
    }

    /// <summary>Throws unless a call succeeded.</summary>
    internal void Check(CUResult status, string call)
    {
        if (status != CUResult.Success) Fail(status, call, "");
    }

    [DoesNotReturn]
    private void Fail(CUResult status, string call, string what, string? kernel = null)
    {
        IsLost |= DriverFacts.IsSticky(status);
        var text = new StringBuilder(call).Append(": ").Append(DriverFacts.Describe(status));
        if (kernel is not null) text.Append("; kernel ").Append(kernel);
        if (what.Length > 0) text.Append(kernel is null ? "; " : ", ").Append(what);
        if (kernel is null && IsLost && _names.TryGetValue(_last.Pointer, out kernel)) text.Append("; an error of earlier work, the last kernel launched was ").Append(kernel);
        if (IsLost) text.Append("; this process cannot use the device any more");
        throw new CudaException(call, DriverFacts.StatusName(status), kernel, IsLost, text.ToString());
    }

    private void RefuseInCapture(string call)
    {
        if (_capturing) throw new InvalidOperationException($"{call}: not while a graph is captured; run the work once before, so that its memory is there, and read results after the replay");
    }

    private CUResult LaunchClusters(in LaunchShape shape)
    {
        // The value of the attribute is a union whose fields ManagedCuda keeps to itself; a cluster's is three words.
        ref var words = ref System.Runtime.CompilerServices.Unsafe.As<CUlaunchAttributeValue, (uint X, uint Y, uint Z)>(ref _cluster[0].value);
        words = ((uint)shape.Cluster.X, (uint)shape.Cluster.Y, (uint)shape.Cluster.Z);
        var config = new CUlaunchConfig
        {
            gridDimX = (uint)shape.GridX,
            gridDimY = (uint)shape.GridY,
            gridDimZ = (uint)shape.GridZ,
            blockDimX = (uint)shape.BlockX,
            blockDimY = (uint)shape.BlockY,
            blockDimZ = (uint)shape.BlockZ,
            sharedMemBytes = (uint)shape.SharedBytes,
            hStream = _stream,
            attrs = _cluster,
        };
        return DriverAPINativeMethods.Launch.cuLaunchKernelEx(ref config, _last, _arguments, null);
    }

    /// <summary>Lets the device's pool keep what is freed, so that it is handed out again without a call to the operating system; false where there are no pools.</summary>
    private bool KeepPool()
    {
        try
        {
            if (DriverFacts.Attribute(_device, CUDeviceAttribute.MemoryPoolsSupported) == 0) return false;
            var pool = new CUmemoryPool();
            Check(DriverAPINativeMethods.DeviceManagement.cuDeviceGetDefaultMemPool(ref pool, _device), "cuDeviceGetDefaultMemPool");
            var all = ulong.MaxValue;
            Check(DriverAPINativeMethods.MemoryManagement.cuMemPoolSetAttribute(pool, CUmemPool_attribute.ReleaseThreshold, ref all), "cuMemPoolSetAttribute");
            return true;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }
}

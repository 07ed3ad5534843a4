namespace SiaEngine.SimulatedCuda;

/// <summary>A context: memory, modules, streams and events of its own. A kernel that the checks stop leaves its status here until the context is destroyed.</summary>
internal sealed unsafe class Context
{
    /// <summary>
    /// Number of the first allocation: device addresses start at 2¹¹ · 2³⁶ = 2⁴⁷, above every address of the host program, so that a pointer tells where it points.
    /// </summary>
    public const int FirstAllocation = 2048;

    private const nint LegacyStream = 1;
    private const nint PerThreadStream = 2;

    private readonly SortedDictionary<ulong, (nuint Bytes, bool Pooled)> _allocations = [];
    private readonly List<nint> _owned = [];

    /// <summary>New context.</summary>
    public Context(uint flags, bool isPrimary)
    {
        (Flags, IsPrimary) = (flags, isPrimary);
        Driver = Gpu.NewDriver();
        Blas = new SimulatedBlas(Driver.Memory);
        Handle = Handles.Add(this);
        Default = new Stream(this, 0, 0, isDefault: true);
    }

    /// <summary>Its handle.</summary>
    public nint Handle { get; }

    /// <summary>Flags it was made with.</summary>
    public uint Flags { get; }

    /// <summary>Whether it is the device's primary context.</summary>
    public bool IsPrimary { get; }

    /// <summary>Whether it was destroyed.</summary>
    public bool IsDestroyed { get; private set; }

    /// <summary>Status of the kernel that was stopped; every later call in this context returns it.</summary>
    public CuResult Failure { get; set; }

    /// <summary>Runs the kernels.</summary>
    public SimulatedDriver Driver { get; }

    /// <summary>Matrix products on its memory.</summary>
    public SimulatedBlas Blas { get; }

    /// <summary>The default stream.</summary>
    public Stream Default { get; }

    /// <summary>Captures in progress.</summary>
    public List<Capture> Captures { get; } = [];

    /// <summary>Modules loaded.</summary>
    public List<LoadedModule> Modules { get; } = [];

    /// <summary>Streams alive, the default one first.</summary>
    public List<Stream> Streams { get; } = [];

    /// <summary>The stream of a handle; 0, 1 and 2 are the default stream.</summary>
    public Stream Stream(nint handle)
    {
        if (handle is 0 or LegacyStream or PerThreadStream) return Default;
        var stream = Handles.Find<Stream>(handle, "stream");
        return stream.Context == this ? stream : throw new CuException(CuResult.InvalidHandle, $"the stream 0x{handle:x} belongs to another context");
    }

    /// <summary>A handle that ends with the context.</summary>
    public nint Own(object target)
    {
        var handle = Handles.Add(target);
        _owned.Add(handle);
        return handle;
    }

    /// <summary>Ends a handle of this context.</summary>
    public void Disown(nint handle)
    {
        _owned.Remove(handle);
        Handles.Remove(handle);
    }

    /// <summary>Device memory.</summary>
    public ulong Allocate(nuint bytes, bool pooled = false)
    {
        if (bytes == 0) throw new CuException(CuResult.InvalidValue, "an allocation of 0 bytes");
        if (bytes > Gpu.MemoryBytes - Gpu.UsedBytes) throw new CuException(CuResult.OutOfMemory);
        var address = (ulong)Driver.Allocate(bytes);
        _allocations.Add(address, (bytes, pooled));
        Gpu.UsedBytes += bytes;
        if (pooled) Gpu.Pool.Take(bytes);
        return address;
    }

    /// <summary>Frees device memory.</summary>
    public void Free(ulong address)
    {
        if (!_allocations.TryGetValue(address, out var freed))
        {
            var what = Driver.Memory.Find(address) is { } allocation
                ? allocation.Freed ? $"0x{address:x} was freed before" : $"0x{address:x} is not the start of an allocation"
                : $"0x{address:x} is no device memory";
            throw new CuException(CuResult.InvalidValue, what);
        }

        _allocations.Remove(address);
        Count(freed);
        Driver.Free((nint)address);
    }

    /// <summary>Start and size of the allocation that holds an address, or null.</summary>
    public (ulong Start, nuint Bytes)? Range(ulong address) =>
        Driver.Memory.Find(address) is { Freed: false } found && address - found.Address < found.Bytes ? (found.Address, found.Bytes) : null;

    /// <summary>Whether an address is of the device, not of the host.</summary>
    public static bool IsDevice(ulong address) => address >> GlobalMemory.AllocationBits >= FirstAllocation;

    /// <summary>Host pointer to device bytes.</summary>
    /// <exception cref="CuException">They are not all in one live allocation.</exception>
    public byte* Host(ulong address, nuint bytes, bool write)
    {
        try
        {
            return Driver.Memory.Host(address, bytes, write);
        }
        catch (CudaException e)
        {
            throw new CuException(CuResult.InvalidValue, e.Message);
        }
    }

    /// <summary>Waits for all streams.</summary>
    public void Synchronise(string call)
    {
        ForbidInCapture(call);
        foreach (var stream in Streams) stream.Complete();
    }

    /// <summary>A synchronous copy has waited for every stream that waits for the default stream.</summary>
    public void CompleteBlocking()
    {
        foreach (var stream in Streams)
            if ((stream.Flags & 1) == 0) stream.Complete();
    }

    /// <summary>Refuses what may not be called while a stream is capturing, and ends that capture.</summary>
    public void ForbidInCapture(string call)
    {
        foreach (var capture in Captures)
        {
            if (!capture.Forbids(Environment.CurrentManagedThreadId)) continue;
            capture.IsInvalidated = true;
            throw new CuException(CuResult.StreamCaptureUnsupported, $"{call} while a stream is capturing; the capture is invalid now");
        }
    }

    /// <summary>Frees everything.</summary>
    public void Destroy()
    {
        if (IsDestroyed) return;
        ReportLeaks();
        foreach (var module in Modules.ToArray()) module.Unload();
        IsDestroyed = true;
        foreach (var allocation in _allocations.Values) Count(allocation);
        _allocations.Clear();
        foreach (var handle in _owned) Handles.Remove(handle);
        _owned.Clear();
        PinnedMemory.Forget(this);
        Handles.Remove(Handle);
        Blas.Dispose();
        Driver.Dispose();
    }

    private void ReportLeaks()
    {
        if (!Gpu.ReportsLeaks || _allocations.Count == 0) return;
        nuint bytes = 0;
        foreach (var allocation in _allocations.Values) bytes += allocation.Bytes;
        foreach (var (address, first) in _allocations)
        {
            Report.Line($"the context ends with {_allocations.Count} allocations of {bytes} bytes that were not freed, the oldest 0x{address:x} of {first.Bytes} bytes");
            return;
        }
    }

    private static void Count((nuint Bytes, bool Pooled) freed)
    {
        Gpu.UsedBytes -= freed.Bytes;
        if (freed.Pooled) Gpu.Pool.Return(freed.Bytes);
    }
}

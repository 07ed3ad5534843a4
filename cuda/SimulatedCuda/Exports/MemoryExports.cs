namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Device memory.</summary>
internal static unsafe class MemoryExports
{
    private const nuint PitchAlignment = 512;

    [UnmanagedCallersOnly(EntryPoint = "cuMemAlloc")]
    internal static CuResult Alloc(ulong* address, nuint bytes) => New(address, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAlloc_v2")]
    internal static CuResult AllocV2(ulong* address, nuint bytes) => New(address, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocPitch_v2")]
    internal static CuResult AllocPitch(ulong* address, nuint* pitch, nuint width, nuint height, uint element) => Call.InContext("cuMemAllocPitch", context =>
    {
        if (element is not (4 or 8 or 16)) return CuResult.InvalidValue;
        *pitch = (width + PitchAlignment - 1) / PitchAlignment * PitchAlignment;
        *address = context.Allocate(checked(*pitch * height));
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocManaged")]
    internal static CuResult AllocManaged(ulong* address, nuint bytes, uint flags) =>
        Call.InContext("cuMemAllocManaged", _ => throw new CuException(CuResult.NotSupported, "the simulator has no managed memory"));

    [UnmanagedCallersOnly(EntryPoint = "cuMemFree")]
    internal static CuResult Free(ulong address) => End(address);

    [UnmanagedCallersOnly(EntryPoint = "cuMemFree_v2")]
    internal static CuResult FreeV2(ulong address) => End(address);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocAsync")]
    internal static CuResult AllocAsync(ulong* address, nuint bytes, nint stream) => NewPooled("cuMemAllocAsync", address, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocAsync_ptsz")]
    internal static CuResult AllocAsyncPerThread(ulong* address, nuint bytes, nint stream) => NewPooled("cuMemAllocAsync", address, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocFromPoolAsync")]
    internal static CuResult AllocFromPoolAsync(ulong* address, nuint bytes, nint pool, nint stream) =>
        Handle("cuMemAllocFromPoolAsync", pool) is var status and not CuResult.Success ? status : NewPooled("cuMemAllocFromPoolAsync", address, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeAsync")]
    internal static CuResult FreeAsync(ulong address, nint stream) => EndPooled(address, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeAsync_ptsz")]
    internal static CuResult FreeAsyncPerThread(ulong address, nint stream) => EndPooled(address, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemGetInfo")]
    internal static CuResult GetInfo(nuint* free, nuint* total) => Info(free, total);

    [UnmanagedCallersOnly(EntryPoint = "cuMemGetInfo_v2")]
    internal static CuResult GetInfoV2(nuint* free, nuint* total) => Info(free, total);

    [UnmanagedCallersOnly(EntryPoint = "cuMemGetAddressRange")]
    internal static CuResult GetAddressRange(ulong* start, nuint* bytes, ulong address) => Range(start, bytes, address);

    [UnmanagedCallersOnly(EntryPoint = "cuMemGetAddressRange_v2")]
    internal static CuResult GetAddressRangeV2(ulong* start, nuint* bytes, ulong address) => Range(start, bytes, address);

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolSetAttribute")]
    internal static CuResult PoolSetAttribute(nint pool, int attribute, void* value) =>
        Call.Initialised("cuMemPoolSetAttribute", () => Handles.Find<Pool>(pool, "memory pool").Set(attribute, value));

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolGetAttribute")]
    internal static CuResult PoolGetAttribute(nint pool, int attribute, void* value) =>
        Call.Initialised("cuMemPoolGetAttribute", () => Handles.Find<Pool>(pool, "memory pool").Get(attribute, value));

    [UnmanagedCallersOnly(EntryPoint = "cuMemPoolTrimTo")]
    internal static CuResult PoolTrimTo(nint pool, nuint keep) => Handle("cuMemPoolTrimTo", pool);

    private static CuResult Handle(string call, nint pool) => Call.Initialised(call, () =>
    {
        Handles.Find<Pool>(pool, "memory pool");
        return CuResult.Success;
    });

    private static CuResult New(ulong* address, nuint bytes) => Call.InContext("cuMemAlloc", context =>
    {
        context.ForbidInCapture("cuMemAlloc");
        *address = context.Allocate(bytes);
        return CuResult.Success;
    });

    private static CuResult End(ulong address) => Call.InContext("cuMemFree", context =>
    {
        if (address == 0) return CuResult.Success;
        context.Synchronise("cuMemFree");
        context.Free(address);
        return CuResult.Success;
    });

    private static CuResult NewPooled(string call, ulong* address, nuint bytes, nint stream) => Call.InContext(call, context =>
    {
        RefuseCapture(call, context.Stream(stream));
        *address = context.Allocate(bytes, pooled: true);
        return CuResult.Success;
    });

    private static CuResult EndPooled(ulong address, nint stream) => Call.InContext("cuMemFreeAsync", context =>
    {
        RefuseCapture("cuMemFreeAsync", context.Stream(stream));
        context.Free(address);
        return CuResult.Success;
    });

    private static void RefuseCapture(string call, Stream stream)
    {
        if (stream.Capture is not { } capture) return;
        capture.IsInvalidated = true;
        throw new CuException(CuResult.StreamCaptureUnsupported, $"{call} in a capturing stream: the simulator has no allocation nodes");
    }

    private static CuResult Info(nuint* free, nuint* total) => Call.InContext("cuMemGetInfo", _ =>
    {
        if (free is not null) *free = Gpu.MemoryBytes - Gpu.UsedBytes;
        if (total is not null) *total = Gpu.MemoryBytes;
        return CuResult.Success;
    });

    private static CuResult Range(ulong* start, nuint* bytes, ulong address) => Call.InContext("cuMemGetAddressRange", context =>
    {
        if (context.Range(address) is not { } range) return CuResult.NotFound;
        if (start is not null) *start = range.Start;
        if (bytes is not null) *bytes = range.Bytes;
        return CuResult.Success;
    });
}

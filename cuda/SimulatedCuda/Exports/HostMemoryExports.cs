namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Pinned host memory, and what is known of a pointer.</summary>
internal static unsafe class HostMemoryExports
{
    private const int HostMemory = 1;
    private const int DeviceMemory = 2;

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostAlloc")]
    internal static CuResult HostAlloc(nint* host, nuint bytes, uint flags) => New("cuMemHostAlloc", host, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocHost")]
    internal static CuResult AllocHost(nint* host, nuint bytes) => New("cuMemAllocHost", host, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemAllocHost_v2")]
    internal static CuResult AllocHostV2(nint* host, nuint bytes) => New("cuMemAllocHost", host, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemFreeHost")]
    internal static CuResult FreeHost(nint host) => Call.InContext("cuMemFreeHost", context =>
    {
        context.ForbidInCapture("cuMemFreeHost");
        PinnedMemory.Free("cuMemFreeHost", host);
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostRegister")]
    internal static CuResult HostRegister(nint host, nuint bytes, uint flags) => Register(host, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostRegister_v2")]
    internal static CuResult HostRegisterV2(nint host, nuint bytes, uint flags) => Register(host, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostUnregister")]
    internal static CuResult HostUnregister(nint host) => Call.InContext("cuMemHostUnregister", _ =>
    {
        PinnedMemory.Unregister("cuMemHostUnregister", host);
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostGetDevicePointer")]
    internal static CuResult HostGetDevicePointer(ulong* device, nint host, uint flags) => DevicePointer(device, host);

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostGetDevicePointer_v2")]
    internal static CuResult HostGetDevicePointerV2(ulong* device, nint host, uint flags) => DevicePointer(device, host);

    [UnmanagedCallersOnly(EntryPoint = "cuMemHostGetFlags")]
    internal static CuResult HostGetFlags(uint* flags, nint host) => Call.InContext("cuMemHostGetFlags", _ =>
    {
        if (PinnedMemory.Find(host) is null) return CuResult.InvalidValue;
        *flags = 2;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuPointerGetAttribute")]
    internal static CuResult PointerGetAttribute(void* value, int attribute, ulong pointer) => Call.InContext("cuPointerGetAttribute", context =>
    {
        var pinned = PinnedMemory.Find((nint)pointer);
        var range = context.Range(pointer);
        if (pinned is null && range is null) return CuResult.InvalidValue;
        switch (attribute)
        {
            case 1:
                *(nint*)value = context.Handle;
                return CuResult.Success;
            case 2:
                *(int*)value = range is null ? HostMemory : DeviceMemory;
                return CuResult.Success;
            case 3:
                if (range is null && pinned!.Value.Block.Device == 0) return CuResult.InvalidValue;
                *(ulong*)value = range is null ? pinned!.Value.Block.Device + (ulong)((nint)pointer - pinned.Value.Start) : pointer;
                return CuResult.Success;
            case 4:
                if (pinned is null) return CuResult.InvalidValue;
                *(ulong*)value = pointer;
                return CuResult.Success;
            case 7:
                *(ulong*)value = range is null ? (ulong)pinned!.Value.Start : range.Value.Start;
                return CuResult.Success;
            case 8:
                *(byte*)value = 0;
                return CuResult.Success;
            case 9:
                *(int*)value = 0;
                return CuResult.Success;
            case 11:
                *(ulong*)value = range is null ? (ulong)pinned!.Value.Start : range.Value.Start;
                return CuResult.Success;
            case 12:
                *(nuint*)value = range is null ? pinned!.Value.Block.Bytes : range.Value.Bytes;
                return CuResult.Success;
            case 13:
                *(byte*)value = 1;
                return CuResult.Success;
            default:
                return CuResult.NotSupported;
        }
    });

    private static CuResult New(string call, nint* host, nuint bytes) => Call.InContext(call, context =>
    {
        context.ForbidInCapture(call);
        *host = PinnedMemory.Allocate(context, bytes);
        return CuResult.Success;
    });

    private static CuResult Register(nint host, nuint bytes) => Call.InContext("cuMemHostRegister", context =>
    {
        context.ForbidInCapture("cuMemHostRegister");
        PinnedMemory.Register(context, host, bytes);
        return CuResult.Success;
    });

    private static CuResult DevicePointer(ulong* device, nint host) => Call.InContext("cuMemHostGetDevicePointer", _ =>
    {
        if (PinnedMemory.Find(host) is not { } found) return CuResult.InvalidValue;
        if (found.Block.Device == 0) throw new CuException(CuResult.NotSupported, "kernels of the simulator reach pinned memory that cuMemHostAlloc gave, not registered memory");
        *device = found.Block.Device + (ulong)(host - found.Start);
        found.Block.IsMapped = true;
        return CuResult.Success;
    });
}

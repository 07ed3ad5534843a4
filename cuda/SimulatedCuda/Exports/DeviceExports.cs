using System.Text;

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Device management; there is one device.</summary>
internal static unsafe class DeviceExports
{
    private const int UuidBytes = 16;

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetCount")]
    internal static CuResult GetCount(int* count) => Call.Initialised("cuDeviceGetCount", () =>
    {
        *count = 1;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGet")]
    internal static CuResult Get(int* device, int ordinal) => Call.Initialised("cuDeviceGet", () =>
    {
        Gpu.Require(ordinal);
        *device = 0;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetName")]
    internal static CuResult GetName(byte* name, int length, int device) => Call.Initialised("cuDeviceGetName", () =>
    {
        Gpu.Require(device);
        return Text(name, length, Gpu.Name);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetUuid")]
    internal static CuResult GetUuid(byte* uuid, int device) => Uuid(uuid, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetUuid_v2")]
    internal static CuResult GetUuidV2(byte* uuid, int device) => Uuid(uuid, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceTotalMem")]
    internal static CuResult TotalMem(nuint* bytes, int device) => Memory(bytes, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceTotalMem_v2")]
    internal static CuResult TotalMemV2(nuint* bytes, int device) => Memory(bytes, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetAttribute")]
    internal static CuResult GetAttribute(int* value, int attribute, int device) => Call.Initialised("cuDeviceGetAttribute", () =>
    {
        Gpu.Require(device);
        *value = DeviceAttributes.Read(Gpu.Model, attribute);
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceComputeCapability")]
    internal static CuResult ComputeCapability(int* major, int* minor, int device) => Call.Initialised("cuDeviceComputeCapability", () =>
    {
        Gpu.Require(device);
        (*major, *minor) = (Gpu.Model.Major, Gpu.Model.Minor);
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceCanAccessPeer")]
    internal static CuResult CanAccessPeer(int* can, int device, int peer) => Call.Initialised("cuDeviceCanAccessPeer", () =>
    {
        Gpu.Require(device);
        Gpu.Require(peer);
        *can = 0;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetP2PAttribute")]
    internal static CuResult GetP2PAttribute(int* value, int attribute, int source, int destination) => Call.Initialised("cuDeviceGetP2PAttribute", () =>
    {
        *value = 0;
        return CuResult.InvalidDevice;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetPCIBusId")]
    internal static CuResult GetPciBusId(byte* id, int length, int device) => Call.Initialised("cuDeviceGetPCIBusId", () =>
    {
        Gpu.Require(device);
        return Text(id, length, "0000:00:00.0");
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetDefaultMemPool")]
    internal static CuResult GetDefaultMemPool(nint* pool, int device) => MemPool(pool, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceGetMemPool")]
    internal static CuResult GetMemPool(nint* pool, int device) => MemPool(pool, device);

    [UnmanagedCallersOnly(EntryPoint = "cuDeviceSetMemPool")]
    internal static CuResult SetMemPool(int device, nint pool) => Call.Initialised("cuDeviceSetMemPool", () =>
    {
        Gpu.Require(device);
        Handles.Find<Pool>(pool, "memory pool");
        return CuResult.Success;
    });

    private static CuResult MemPool(nint* pool, int device) => Call.Initialised("cuDeviceGetDefaultMemPool", () =>
    {
        Gpu.Require(device);
        *pool = Gpu.PoolHandle;
        return CuResult.Success;
    });

    private static CuResult Uuid(byte* uuid, int device) => Call.Initialised("cuDeviceGetUuid", () =>
    {
        Gpu.Require(device);
        Encoding.ASCII.GetBytes("SiaEngine sm_", new Span<byte>(uuid, UuidBytes));
        uuid[13] = (byte)('0' + Gpu.Model.Major);
        uuid[14] = (byte)('0' + Gpu.Model.Minor);
        uuid[15] = 0;
        return CuResult.Success;
    });

    private static CuResult Memory(nuint* bytes, int device) => Call.Initialised("cuDeviceTotalMem", () =>
    {
        Gpu.Require(device);
        *bytes = Gpu.MemoryBytes;
        return CuResult.Success;
    });

    private static CuResult Text(byte* target, int length, string text)
    {
        if (target is null || length < 1) return CuResult.InvalidValue;
        var bytes = Encoding.UTF8.GetBytes(text);
        var count = Math.Min(bytes.Length, length - 1);
        bytes.AsSpan(0, count).CopyTo(new Span<byte>(target, length));
        target[count] = 0;
        return CuResult.Success;
    }
}

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>The primary context of the device.</summary>
internal static unsafe class PrimaryContextExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRetain")]
    internal static CuResult Retain(nint* context, int device) => Call.Initialised("cuDevicePrimaryCtxRetain", () =>
    {
        Gpu.Require(device);
        *context = Gpu.Retain().Handle;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRelease")]
    internal static CuResult Release(int device) => Released(device);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    internal static CuResult ReleaseV2(int device) => Released(device);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxReset")]
    internal static CuResult Reset(int device) => Destroyed(device);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxReset_v2")]
    internal static CuResult ResetV2(int device) => Destroyed(device);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxSetFlags")]
    internal static CuResult SetFlags(int device, uint flags) => Flags(device, flags);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxSetFlags_v2")]
    internal static CuResult SetFlagsV2(int device, uint flags) => Flags(device, flags);

    [UnmanagedCallersOnly(EntryPoint = "cuDevicePrimaryCtxGetState")]
    internal static CuResult GetState(int device, uint* flags, int* active) => Call.Initialised("cuDevicePrimaryCtxGetState", () =>
    {
        Gpu.Require(device);
        (*flags, *active) = (Gpu.PrimaryFlags, Gpu.IsPrimaryActive ? 1 : 0);
        return CuResult.Success;
    });

    private static CuResult Released(int device) => Call.Initialised("cuDevicePrimaryCtxRelease", () =>
    {
        Gpu.Require(device);
        return Gpu.Release();
    });

    private static CuResult Destroyed(int device) => Call.Initialised("cuDevicePrimaryCtxReset", () =>
    {
        Gpu.Require(device);
        Gpu.Reset();
        return CuResult.Success;
    });

    private static CuResult Flags(int device, uint flags) => Call.Initialised("cuDevicePrimaryCtxSetFlags", () =>
    {
        Gpu.Require(device);
        Gpu.SetFlags(flags);
        return CuResult.Success;
    });
}

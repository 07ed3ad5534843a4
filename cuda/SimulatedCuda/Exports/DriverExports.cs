namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Initialisation, version and errors.</summary>
internal static unsafe class DriverExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuInit")]
    internal static CuResult Init(uint flags) => Call.Any("cuInit", () => flags == 0 ? Gpu.Initialise() : CuResult.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = "cuDriverGetVersion")]
    internal static CuResult DriverGetVersion(int* version) => Call.Any("cuDriverGetVersion", () =>
    {
        *version = Gpu.DriverVersion;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorName")]
    internal static CuResult GetErrorName(int error, nint* name) => Call.Any("cuGetErrorName", () =>
    {
        var known = StatusNames.TryFind(error, out var found, out _);
        *name = found;
        return known ? CuResult.Success : CuResult.InvalidValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGetErrorString")]
    internal static CuResult GetErrorString(int error, nint* text) => Call.Any("cuGetErrorString", () =>
    {
        var known = StatusNames.TryFind(error, out _, out var found);
        *text = found;
        return known ? CuResult.Success : CuResult.InvalidValue;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGetProcAddress")]
    internal static CuResult GetProcAddress(byte* symbol, nint* function, int version, ulong flags) =>
        Call.Any("cuGetProcAddress", () => ProcAddress.Find(symbol, function, version, flags, null));

    [UnmanagedCallersOnly(EntryPoint = "cuGetProcAddress_v2")]
    internal static CuResult GetProcAddressV2(byte* symbol, nint* function, int version, ulong flags, int* status) =>
        Call.Any("cuGetProcAddress", () => ProcAddress.Find(symbol, function, version, flags, status));

    [UnmanagedCallersOnly(EntryPoint = "cuProfilerStart")]
    internal static CuResult ProfilerStart() => Call.InContext("cuProfilerStart", static _ => CuResult.Success);

    [UnmanagedCallersOnly(EntryPoint = "cuProfilerStop")]
    internal static CuResult ProfilerStop() => Call.InContext("cuProfilerStop", static _ => CuResult.Success);
}

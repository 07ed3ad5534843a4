namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Copies: the names of the headers, those of old headers without a version, and those of the per-thread default stream.</summary>
internal static unsafe class CopyExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoD")]
    internal static CuResult MemcpyHtoD(ulong destination, void* source, nuint bytes) => Copies.ToDevice("cuMemcpyHtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoD_v2")]
    internal static CuResult MemcpyHtoDV2(ulong destination, void* source, nuint bytes) => Copies.ToDevice("cuMemcpyHtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoD_v2_ptds")]
    internal static CuResult MemcpyHtoDV2PerThread(ulong destination, void* source, nuint bytes) => Copies.ToDevice("cuMemcpyHtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoH")]
    internal static CuResult MemcpyDtoH(void* destination, ulong source, nuint bytes) => Copies.ToHost("cuMemcpyDtoH", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoH_v2")]
    internal static CuResult MemcpyDtoHV2(void* destination, ulong source, nuint bytes) => Copies.ToHost("cuMemcpyDtoH", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoH_v2_ptds")]
    internal static CuResult MemcpyDtoHV2PerThread(void* destination, ulong source, nuint bytes) => Copies.ToHost("cuMemcpyDtoH", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoD")]
    internal static CuResult MemcpyDtoD(ulong destination, ulong source, nuint bytes) => Copies.OnDevice("cuMemcpyDtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoD_v2")]
    internal static CuResult MemcpyDtoDV2(ulong destination, ulong source, nuint bytes) => Copies.OnDevice("cuMemcpyDtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoD_v2_ptds")]
    internal static CuResult MemcpyDtoDV2PerThread(ulong destination, ulong source, nuint bytes) => Copies.OnDevice("cuMemcpyDtoD", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpy")]
    internal static CuResult Memcpy(ulong destination, ulong source, nuint bytes) => Copies.Any("cuMemcpy", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpy_ptds")]
    internal static CuResult MemcpyPerThread(ulong destination, ulong source, nuint bytes) => Copies.Any("cuMemcpy", destination, source, bytes, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync")]
    internal static CuResult MemcpyHtoDAsync(ulong destination, void* source, nuint bytes, nint stream) => Copies.ToDevice("cuMemcpyHtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync_v2")]
    internal static CuResult MemcpyHtoDAsyncV2(ulong destination, void* source, nuint bytes, nint stream) => Copies.ToDevice("cuMemcpyHtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyHtoDAsync_v2_ptsz")]
    internal static CuResult MemcpyHtoDAsyncV2PerThread(ulong destination, void* source, nuint bytes, nint stream) => Copies.ToDevice("cuMemcpyHtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync")]
    internal static CuResult MemcpyDtoHAsync(void* destination, ulong source, nuint bytes, nint stream) => Copies.ToHost("cuMemcpyDtoHAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync_v2")]
    internal static CuResult MemcpyDtoHAsyncV2(void* destination, ulong source, nuint bytes, nint stream) => Copies.ToHost("cuMemcpyDtoHAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoHAsync_v2_ptsz")]
    internal static CuResult MemcpyDtoHAsyncV2PerThread(void* destination, ulong source, nuint bytes, nint stream) => Copies.ToHost("cuMemcpyDtoHAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoDAsync")]
    internal static CuResult MemcpyDtoDAsync(ulong destination, ulong source, nuint bytes, nint stream) => Copies.OnDevice("cuMemcpyDtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoDAsync_v2")]
    internal static CuResult MemcpyDtoDAsyncV2(ulong destination, ulong source, nuint bytes, nint stream) => Copies.OnDevice("cuMemcpyDtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyDtoDAsync_v2_ptsz")]
    internal static CuResult MemcpyDtoDAsyncV2PerThread(ulong destination, ulong source, nuint bytes, nint stream) => Copies.OnDevice("cuMemcpyDtoDAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyAsync")]
    internal static CuResult MemcpyAsync(ulong destination, ulong source, nuint bytes, nint stream) => Copies.Any("cuMemcpyAsync", destination, source, bytes, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemcpyAsync_ptsz")]
    internal static CuResult MemcpyAsyncPerThread(ulong destination, ulong source, nuint bytes, nint stream) => Copies.Any("cuMemcpyAsync", destination, source, bytes, stream);
}

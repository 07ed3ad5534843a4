namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Fills: the names of the headers, those of old headers without a version, and those of the per-thread default stream.</summary>
internal static class FillExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8")]
    internal static CuResult MemsetD8(ulong address, byte value, nuint count) => Copies.Fill("cuMemsetD8", address, value, 1, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8_v2")]
    internal static CuResult MemsetD8V2(ulong address, byte value, nuint count) => Copies.Fill("cuMemsetD8", address, value, 1, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8_v2_ptds")]
    internal static CuResult MemsetD8V2PerThread(ulong address, byte value, nuint count) => Copies.Fill("cuMemsetD8", address, value, 1, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8Async")]
    internal static CuResult MemsetD8Async(ulong address, byte value, nuint count, nint stream) => Copies.Fill("cuMemsetD8Async", address, value, 1, count, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD8Async_ptsz")]
    internal static CuResult MemsetD8AsyncPerThread(ulong address, byte value, nuint count, nint stream) => Copies.Fill("cuMemsetD8Async", address, value, 1, count, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16")]
    internal static CuResult MemsetD16(ulong address, ushort value, nuint count) => Copies.Fill("cuMemsetD16", address, value, 2, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16_v2")]
    internal static CuResult MemsetD16V2(ulong address, ushort value, nuint count) => Copies.Fill("cuMemsetD16", address, value, 2, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16_v2_ptds")]
    internal static CuResult MemsetD16V2PerThread(ulong address, ushort value, nuint count) => Copies.Fill("cuMemsetD16", address, value, 2, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16Async")]
    internal static CuResult MemsetD16Async(ulong address, ushort value, nuint count, nint stream) => Copies.Fill("cuMemsetD16Async", address, value, 2, count, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD16Async_ptsz")]
    internal static CuResult MemsetD16AsyncPerThread(ulong address, ushort value, nuint count, nint stream) => Copies.Fill("cuMemsetD16Async", address, value, 2, count, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32")]
    internal static CuResult MemsetD32(ulong address, uint value, nuint count) => Copies.Fill("cuMemsetD32", address, value, 4, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32_v2")]
    internal static CuResult MemsetD32V2(ulong address, uint value, nuint count) => Copies.Fill("cuMemsetD32", address, value, 4, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32_v2_ptds")]
    internal static CuResult MemsetD32V2PerThread(ulong address, uint value, nuint count) => Copies.Fill("cuMemsetD32", address, value, 4, count, null);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32Async")]
    internal static CuResult MemsetD32Async(ulong address, uint value, nuint count, nint stream) => Copies.Fill("cuMemsetD32Async", address, value, 4, count, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuMemsetD32Async_ptsz")]
    internal static CuResult MemsetD32AsyncPerThread(ulong address, uint value, nuint count, nint stream) => Copies.Fill("cuMemsetD32Async", address, value, 4, count, stream);
}

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Attributes of kernels, and occupancy by the rules of the GPU model.</summary>
internal static unsafe class FunctionExports
{
    private const int MaxDynamicShared = 8;

    [UnmanagedCallersOnly(EntryPoint = "cuFuncGetAttribute")]
    internal static CuResult GetAttribute(int* value, int attribute, nint function) => Attribute(value, attribute, function);

    [UnmanagedCallersOnly(EntryPoint = "cuFuncSetAttribute")]
    internal static CuResult SetAttribute(nint function, int attribute, int value) => SetTo(function, attribute, value);

    [UnmanagedCallersOnly(EntryPoint = "cuKernelGetAttribute")]
    internal static CuResult KernelGetAttribute(int* value, int attribute, nint kernel, int device) => Attribute(value, attribute, kernel);

    [UnmanagedCallersOnly(EntryPoint = "cuKernelSetAttribute")]
    internal static CuResult KernelSetAttribute(int attribute, int value, nint kernel, int device) => SetTo(kernel, attribute, value);

    [UnmanagedCallersOnly(EntryPoint = "cuFuncSetCacheConfig")]
    internal static CuResult SetCacheConfig(nint function, int config) => Checked("cuFuncSetCacheConfig", function);

    [UnmanagedCallersOnly(EntryPoint = "cuFuncSetSharedMemConfig")]
    internal static CuResult SetSharedMemConfig(nint function, int config) => Checked("cuFuncSetSharedMemConfig", function);

    [UnmanagedCallersOnly(EntryPoint = "cuFuncGetModule")]
    internal static CuResult GetModule(nint* module, nint function) => Call.InContext("cuFuncGetModule", _ =>
    {
        *module = Handles.Find<LoadedFunction>(function, "function").Module.Handle;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuFuncGetParamInfo")]
    internal static CuResult GetParamInfo(nint function, nuint index, nuint* offset, nuint* bytes) => Call.InContext("cuFuncGetParamInfo", _ =>
    {
        var kernel = Handles.Find<LoadedFunction>(function, "function").Target.Kernel;
        if (index >= (nuint)kernel.ParameterOffsets.Length) return CuResult.InvalidValue;
        *offset = (nuint)kernel.ParameterOffsets[index];
        if (bytes is not null) *bytes = (nuint)kernel.Function.Parameters[(int)index].Bytes;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyMaxActiveBlocksPerMultiprocessor")]
    internal static CuResult MaxActiveBlocks(int* blocks, nint function, int threads, nuint shared) => Occupancy(blocks, function, threads, shared);

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags")]
    internal static CuResult MaxActiveBlocksWithFlags(int* blocks, nint function, int threads, nuint shared, uint flags) => Occupancy(blocks, function, threads, shared);

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyMaxPotentialBlockSize")]
    internal static CuResult MaxPotentialBlockSize(int* grid, int* block, nint function, delegate* unmanaged<int, nuint> sharedOf, nuint shared, int limit) =>
        Best(grid, block, function, sharedOf, shared, limit);

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyMaxPotentialBlockSizeWithFlags")]
    internal static CuResult MaxPotentialBlockSizeWithFlags(int* grid, int* block, nint function, delegate* unmanaged<int, nuint> sharedOf, nuint shared, int limit, uint flags) =>
        Best(grid, block, function, sharedOf, shared, limit);

    [UnmanagedCallersOnly(EntryPoint = "cuOccupancyAvailableDynamicSMemPerBlock")]
    internal static CuResult AvailableDynamicShared(nuint* bytes, nint function, int blocks, int threads) => Call.InContext("cuOccupancyAvailableDynamicSMemPerBlock", _ =>
    {
        var found = Handles.Find<LoadedFunction>(function, "function");
        if (blocks < 1) return CuResult.InvalidValue;
        var most = Math.Min(Gpu.Model.SharedPerBlock, Gpu.Model.SharedPerSm / blocks - Gpu.Model.SharedReserved) - found.Target.Kernel.SharedBytes;
        *bytes = (nuint)Math.Max(0, most);
        return CuResult.Success;
    });

    private static CuResult Checked(string call, nint function) => Call.InContext(call, _ =>
    {
        Handles.Find<LoadedFunction>(function, "function");
        return CuResult.Success;
    });

    private static CuResult Occupancy(int* blocks, nint function, int threads, nuint shared) => Call.InContext("cuOccupancyMaxActiveBlocksPerMultiprocessor", _ =>
    {
        if (threads < 1) return CuResult.InvalidValue;
        *blocks = Handles.Find<LoadedFunction>(function, "function").Occupancy(threads, shared);
        return CuResult.Success;
    });

    private static CuResult Best(int* grid, int* block, nint function, delegate* unmanaged<int, nuint> sharedOf, nuint shared, int limit) =>
        Call.InContext("cuOccupancyMaxPotentialBlockSize", _ =>
        {
            var found = Handles.Find<LoadedFunction>(function, "function");
            var (bestThreads, bestBlocks) = (0, 0);
            for (var threads = limit > 0 ? Math.Min(limit, found.MaxThreads) : found.MaxThreads; threads > 0; threads = (threads - 1) / 32 * 32)
            {
                var blocks = found.Occupancy(threads, sharedOf is null ? shared : sharedOf(threads));
                if (blocks * threads <= bestThreads * bestBlocks) continue;
                (bestThreads, bestBlocks) = (threads, blocks);
            }

            (*grid, *block) = (bestBlocks * Gpu.Model.Multiprocessors, bestThreads);
            return CuResult.Success;
        });

    private static CuResult Attribute(int* value, int attribute, nint function) => Call.InContext("cuFuncGetAttribute", _ =>
    {
        var found = Handles.Find<LoadedFunction>(function, "function");
        var kernel = found.Target.Kernel;
        *value = attribute switch
        {
            0 => found.MaxThreads,
            1 => kernel.SharedBytes,
            2 => 0,
            3 => kernel.LocalBytes,
            4 => found.Registers,
            5 => kernel.Module.Version.Major * 10 + kernel.Module.Version.Minor,
            6 => Gpu.Model.Major * 10 + Gpu.Model.Minor,
            7 => 0,
            MaxDynamicShared => found.MaxDynamicShared,
            9 => -1,
            >= 10 and <= 15 => 0,
            _ => throw new CuException(CuResult.InvalidValue),
        };
        return CuResult.Success;
    });

    private static CuResult SetTo(nint function, int attribute, int value) => Call.InContext("cuFuncSetAttribute", _ =>
    {
        var found = Handles.Find<LoadedFunction>(function, "function");
        switch (attribute)
        {
            case MaxDynamicShared:
                found.AllowDynamicShared(value);
                return CuResult.Success;
            case 9:
                return value is >= -1 and <= 100 ? CuResult.Success : CuResult.InvalidValue;
            case >= 11 and <= 13 when value > 1:
                throw new CuException(CuResult.NotSupported, "the simulator has no clusters");
            case >= 11 and <= 15:
                return CuResult.Success;
            default:
                return CuResult.InvalidValue;
        }
    });
}

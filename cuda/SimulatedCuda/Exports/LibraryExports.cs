namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Libraries, which are modules of the current context here: their kernels are functions.</summary>
internal static unsafe class LibraryExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuLibraryLoadData")]
    internal static CuResult LoadData(nint* library, byte* code, int* options, void** values, uint count, int* libraryOptions, void** libraryValues, uint libraryCount) =>
        Call.InContext("cuLibraryLoadData", context => ModuleImage.Load("cuLibraryLoadData", context, library, code, new JitOptions(count, options, values)));

    [UnmanagedCallersOnly(EntryPoint = "cuLibraryLoadFromFile")]
    internal static CuResult LoadFromFile(nint* library, byte* path, int* options, void** values, uint count, int* libraryOptions, void** libraryValues, uint libraryCount) =>
        Call.InContext("cuLibraryLoadFromFile", context =>
        {
            fixed (byte* code = ModuleImage.ReadFile(path)) return ModuleImage.Load("cuLibraryLoadFromFile", context, library, code, new JitOptions(count, options, values));
        });

    [UnmanagedCallersOnly(EntryPoint = "cuLibraryUnload")]
    internal static CuResult Unload(nint library) => Call.InContext("cuLibraryUnload", context =>
    {
        context.ForbidInCapture("cuLibraryUnload");
        Handles.Find<LoadedModule>(library, "library").Unload();
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuLibraryGetModule")]
    internal static CuResult GetModule(nint* module, nint library) => Call.InContext("cuLibraryGetModule", _ =>
    {
        *module = Handles.Find<LoadedModule>(library, "library").Handle;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuLibraryGetKernel")]
    internal static CuResult GetKernel(nint* kernel, nint library, byte* name) => Call.InContext("cuLibraryGetKernel", _ =>
    {
        var entry = Marshal.PtrToStringUTF8((nint)name) ?? throw new CuException(CuResult.InvalidValue);
        if (!Handles.Find<LoadedModule>(library, "library").Functions.TryGetValue(entry, out var found)) return CuResult.NotFound;
        *kernel = found;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuLibraryGetGlobal")]
    internal static CuResult GetGlobal(ulong* address, nuint* bytes, nint library, byte* name) => Call.InContext("cuLibraryGetGlobal", _ =>
    {
        var variable = Marshal.PtrToStringUTF8((nint)name) ?? throw new CuException(CuResult.InvalidValue);
        var (start, size) = Handles.Find<LoadedModule>(library, "library").Global(variable);
        if (address is not null) *address = start;
        if (bytes is not null) *bytes = size;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuKernelGetFunction")]
    internal static CuResult GetFunction(nint* function, nint kernel) => Call.InContext("cuKernelGetFunction", _ =>
    {
        Handles.Find<LoadedFunction>(kernel, "kernel");
        *function = kernel;
        return CuResult.Success;
    });
}

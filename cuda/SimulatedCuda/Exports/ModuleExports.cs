namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Modules: PTX text only.</summary>
internal static unsafe class ModuleExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoad")]
    internal static CuResult Load(nint* module, byte* path) => Call.InContext("cuModuleLoad", context =>
    {
        fixed (byte* image = ModuleImage.ReadFile(path)) return ModuleImage.Load("cuModuleLoad", context, module, image, null);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadData")]
    internal static CuResult LoadData(nint* module, byte* image) => Call.InContext("cuModuleLoadData", context => ModuleImage.Load("cuModuleLoadData", context, module, image, null));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadDataEx")]
    internal static CuResult LoadDataEx(nint* module, byte* image, uint count, int* options, void** values) =>
        Call.InContext("cuModuleLoadDataEx", context => ModuleImage.Load("cuModuleLoadDataEx", context, module, image, new JitOptions(count, options, values)));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleUnload")]
    internal static CuResult Unload(nint module) => Call.InContext("cuModuleUnload", context =>
    {
        context.ForbidInCapture("cuModuleUnload");
        Handles.Find<LoadedModule>(module, "module").Unload();
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetFunction")]
    internal static CuResult GetFunction(nint* function, nint module, byte* name) => Call.InContext("cuModuleGetFunction", _ =>
    {
        var entry = Marshal.PtrToStringUTF8((nint)name) ?? throw new CuException(CuResult.InvalidValue);
        if (!Handles.Find<LoadedModule>(module, "module").Functions.TryGetValue(entry, out var found)) return CuResult.NotFound;
        *function = found;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetGlobal")]
    internal static CuResult GetGlobal(ulong* address, nuint* bytes, nint module, byte* name) => Global(address, bytes, module, name);

    [UnmanagedCallersOnly(EntryPoint = "cuModuleGetGlobal_v2")]
    internal static CuResult GetGlobalV2(ulong* address, nuint* bytes, nint module, byte* name) => Global(address, bytes, module, name);

    private static CuResult Global(ulong* address, nuint* bytes, nint module, byte* name) => Call.InContext("cuModuleGetGlobal", _ =>
    {
        var variable = Marshal.PtrToStringUTF8((nint)name) ?? throw new CuException(CuResult.InvalidValue);
        var (start, size) = Handles.Find<LoadedModule>(module, "module").Global(variable);
        if (address is not null) *address = start;
        if (bytes is not null) *bytes = size;
        return CuResult.Success;
    });
}

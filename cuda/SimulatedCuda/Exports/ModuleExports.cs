namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Modules: PTX text only.</summary>
internal static unsafe class ModuleExports
{
    private const uint Elf = 0x464c457f;
    private const uint FatBinary = 0xba55ed50;
    private const uint FatBinaryWrapper = 0x466243b1;

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoad")]
    internal static CuResult Load(nint* module, byte* path) => Call.InContext("cuModuleLoad", context =>
    {
        var file = Marshal.PtrToStringUTF8((nint)path);
        if (!File.Exists(file)) throw new CuException(CuResult.FileNotFound, $"there is no file {file}");
        var bytes = File.ReadAllBytes(file);
        Array.Resize(ref bytes, bytes.Length + 1);
        fixed (byte* image = bytes) return Load("cuModuleLoad", context, module, image, null);
    });

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadData")]
    internal static CuResult LoadData(nint* module, byte* image) => Call.InContext("cuModuleLoadData", context => Load("cuModuleLoadData", context, module, image, null));

    [UnmanagedCallersOnly(EntryPoint = "cuModuleLoadDataEx")]
    internal static CuResult LoadDataEx(nint* module, byte* image, uint count, int* options, void** values) =>
        Call.InContext("cuModuleLoadDataEx", context => Load("cuModuleLoadDataEx", context, module, image, new JitOptions(count, options, values)));

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

    private static CuResult Load(string call, Context context, nint* module, byte* image, JitOptions? options)
    {
        context.ForbidInCapture(call);
        if (image is null || module is null) return CuResult.InvalidValue;
        var magic = image[0] == 0 ? 0 : *(uint*)image;
        if (magic is Elf or FatBinary or FatBinaryWrapper)
        {
            var text = $"the image is {(magic == Elf ? "a cubin" : "a fat binary")}; the simulator runs PTX text";
            options?.Write("", text);
            throw new CuException(CuResult.NoBinaryForGpu, text);
        }

        try
        {
            *module = LoadedModule.Load(context, Marshal.PtrToStringUTF8((nint)image) ?? "").Handle;
        }
        catch (PtxException failure)
        {
            options?.Write("", JitOptions.Format(failure, LoadedModule.SourceName));
            throw;
        }

        options?.Write("", "");
        return CuResult.Success;
    }
}

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>The linker of the driver's assembler, for one PTX text.</summary>
internal static unsafe class LinkExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuLinkCreate")]
    internal static CuResult Create(uint count, int* options, void** values, nint* linker) => New(count, options, values, linker);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkCreate_v2")]
    internal static CuResult CreateV2(uint count, int* options, void** values, nint* linker) => New(count, options, values, linker);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkAddData")]
    internal static CuResult AddData(nint linker, int type, byte* data, nuint bytes, byte* name, uint count, int* options, void** values) => Add(linker, type, data);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkAddData_v2")]
    internal static CuResult AddDataV2(nint linker, int type, byte* data, nuint bytes, byte* name, uint count, int* options, void** values) => Add(linker, type, data);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkAddFile")]
    internal static CuResult AddFile(nint linker, int type, byte* path, uint count, int* options, void** values) => AddText(linker, type, path);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkAddFile_v2")]
    internal static CuResult AddFileV2(nint linker, int type, byte* path, uint count, int* options, void** values) => AddText(linker, type, path);

    [UnmanagedCallersOnly(EntryPoint = "cuLinkComplete")]
    internal static CuResult Complete(nint linker, nint* image, nuint* bytes) => Call.InContext("cuLinkComplete", _ =>
    {
        (*image, var size) = Handles.Find<Linker>(linker, "linker").Complete();
        if (bytes is not null) *bytes = size;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuLinkDestroy")]
    internal static CuResult Destroy(nint linker) => Call.InContext("cuLinkDestroy", context =>
    {
        Handles.Find<Linker>(linker, "linker").Free();
        context.Disown(linker);
        return CuResult.Success;
    });

    private static CuResult New(uint count, int* options, void** values, nint* linker) => Call.InContext("cuLinkCreate", context =>
    {
        *linker = context.Own(new Linker(new JitOptions(count, options, values)));
        return CuResult.Success;
    });

    private static CuResult Add(nint linker, int type, byte* data) => Call.InContext("cuLinkAddData", _ =>
    {
        if (data is null) return CuResult.InvalidValue;
        Handles.Find<Linker>(linker, "linker").Add(type, data);
        return CuResult.Success;
    });

    private static CuResult AddText(nint linker, int type, byte* path) => Call.InContext("cuLinkAddFile", _ =>
    {
        fixed (byte* data = ModuleImage.ReadFile(path)) Handles.Find<Linker>(linker, "linker").Add(type, data);
        return CuResult.Success;
    });
}

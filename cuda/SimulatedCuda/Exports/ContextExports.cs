namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Contexts and what is current.</summary>
internal static unsafe class ContextExports
{
    private const uint ApiVersion = 3020;

    private static readonly Dictionary<int, nuint> Limits = new() { [0] = 1024, [1] = 1 << 20, [2] = 8 << 20, [5] = 128, [6] = 0 };

    [UnmanagedCallersOnly(EntryPoint = "cuCtxCreate")]
    internal static CuResult Create(nint* context, uint flags, int device) => New(context, flags, device);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxCreate_v2")]
    internal static CuResult CreateV2(nint* context, uint flags, int device) => New(context, flags, device);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxDestroy")]
    internal static CuResult Destroy(nint context) => End(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxDestroy_v2")]
    internal static CuResult DestroyV2(nint context) => End(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPushCurrent")]
    internal static CuResult PushCurrent(nint context) => Push(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPushCurrent_v2")]
    internal static CuResult PushCurrentV2(nint context) => Push(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPopCurrent")]
    internal static CuResult PopCurrent(nint* context) => Pop(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxPopCurrent_v2")]
    internal static CuResult PopCurrentV2(nint* context) => Pop(context);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetCurrent")]
    internal static CuResult SetCurrent(nint context) => Call.Initialised("cuCtxSetCurrent", () =>
    {
        ContextStack.Current = context == 0 ? null : Handles.Find<Context>(context, "context");
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetCurrent")]
    internal static CuResult GetCurrent(nint* context) => Call.Initialised("cuCtxGetCurrent", () =>
    {
        *context = ContextStack.Current?.Handle ?? 0;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetDevice")]
    internal static CuResult GetDevice(int* device) => Call.InContext("cuCtxGetDevice", _ =>
    {
        *device = 0;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetFlags")]
    internal static CuResult GetFlags(uint* flags) => Call.InContext("cuCtxGetFlags", context =>
    {
        *flags = context.Flags;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetId")]
    internal static CuResult GetId(nint context, ulong* id) => Call.Initialised("cuCtxGetId", () =>
    {
        var found = context == 0 ? ContextStack.Current : Handles.Find<Context>(context, "context");
        if (found is null) return CuResult.InvalidContext;
        *id = (ulong)found.Handle;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetApiVersion")]
    internal static CuResult GetApiVersion(nint context, uint* version) => Call.Initialised("cuCtxGetApiVersion", () =>
    {
        *version = ApiVersion;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSynchronize")]
    internal static CuResult Synchronize() => Call.InContext("cuCtxSynchronize", static context =>
    {
        context.Synchronise("cuCtxSynchronize");
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetStreamPriorityRange")]
    internal static CuResult GetStreamPriorityRange(int* least, int* greatest) => Call.InContext("cuCtxGetStreamPriorityRange", _ =>
    {
        if (least is not null) *least = 0;
        if (greatest is not null) *greatest = -5;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetCacheConfig")]
    internal static CuResult GetCacheConfig(int* config) => Zero("cuCtxGetCacheConfig", config);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetCacheConfig")]
    internal static CuResult SetCacheConfig(int config) => Call.InContext("cuCtxSetCacheConfig", _ => config is >= 0 and <= 3 ? CuResult.Success : CuResult.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetSharedMemConfig")]
    internal static CuResult GetSharedMemConfig(int* config) => Zero("cuCtxGetSharedMemConfig", config);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetSharedMemConfig")]
    internal static CuResult SetSharedMemConfig(int config) => Call.InContext("cuCtxSetSharedMemConfig", _ => config is >= 0 and <= 2 ? CuResult.Success : CuResult.InvalidValue);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxGetLimit")]
    internal static CuResult GetLimit(nuint* value, int limit) => Call.InContext("cuCtxGetLimit", _ =>
    {
        if (!Limits.TryGetValue(limit, out var found)) return CuResult.UnsupportedLimit;
        *value = found;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxSetLimit")]
    internal static CuResult SetLimit(int limit, nuint value) => Call.InContext("cuCtxSetLimit", _ =>
    {
        if (!Limits.ContainsKey(limit)) return CuResult.UnsupportedLimit;
        Limits[limit] = value;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuCtxEnablePeerAccess")]
    internal static CuResult EnablePeerAccess(nint peer, uint flags) => Call.InContext("cuCtxEnablePeerAccess", static _ => CuResult.PeerAccessUnsupported);

    [UnmanagedCallersOnly(EntryPoint = "cuCtxDisablePeerAccess")]
    internal static CuResult DisablePeerAccess(nint peer) => Call.InContext("cuCtxDisablePeerAccess", static _ => CuResult.PeerAccessNotEnabled);

    private static CuResult Zero(string name, int* value) => Call.InContext(name, _ =>
    {
        *value = 0;
        return CuResult.Success;
    });

    private static CuResult New(nint* context, uint flags, int device) => Call.Initialised("cuCtxCreate", () =>
    {
        Gpu.Require(device);
        var created = new Context(flags, isPrimary: false);
        ContextStack.Push(created);
        *context = created.Handle;
        return CuResult.Success;
    });

    private static CuResult End(nint context) => Call.Initialised("cuCtxDestroy", () =>
    {
        var found = Handles.Find<Context>(context, "context");
        if (found.IsPrimary) throw new CuException(CuResult.InvalidContext, "the primary context is released, not destroyed");
        found.Destroy();
        if (ContextStack.Current == found) ContextStack.Pop();
        return CuResult.Success;
    });

    private static CuResult Push(nint context) => Call.Initialised("cuCtxPushCurrent", () =>
    {
        ContextStack.Push(Handles.Find<Context>(context, "context"));
        return CuResult.Success;
    });

    private static CuResult Pop(nint* context) => Call.Initialised("cuCtxPopCurrent", () =>
    {
        if (ContextStack.Pop() is not { } top) return CuResult.InvalidContext;
        if (context is not null) *context = top.Handle;
        return CuResult.Success;
    });
}

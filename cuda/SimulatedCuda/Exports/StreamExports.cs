namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Streams.</summary>
internal static unsafe class StreamExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuStreamCreate")]
    internal static CuResult Create(nint* stream, uint flags) => New("cuStreamCreate", stream, flags, 0);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamCreateWithPriority")]
    internal static CuResult CreateWithPriority(nint* stream, uint flags, int priority) => New("cuStreamCreateWithPriority", stream, flags, priority);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamDestroy")]
    internal static CuResult Destroy(nint stream) => End(stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamDestroy_v2")]
    internal static CuResult DestroyV2(nint stream) => End(stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamSynchronize")]
    internal static CuResult Synchronize(nint stream) => Wait("cuStreamSynchronize", stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamSynchronize_ptsz")]
    internal static CuResult SynchronizePerThread(nint stream) => Wait("cuStreamSynchronize", stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamQuery")]
    internal static CuResult Query(nint stream) => Wait("cuStreamQuery", stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamQuery_ptsz")]
    internal static CuResult QueryPerThread(nint stream) => Wait("cuStreamQuery", stream);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamWaitEvent")]
    internal static CuResult WaitEvent(nint stream, nint awaited, uint flags) => WaitFor(stream, awaited);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamWaitEvent_ptsz")]
    internal static CuResult WaitEventPerThread(nint stream, nint awaited, uint flags) => WaitFor(stream, awaited);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamGetPriority")]
    internal static CuResult GetPriority(nint stream, int* priority) => Call.InContext("cuStreamGetPriority", context =>
    {
        *priority = context.Stream(stream).Priority;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamGetFlags")]
    internal static CuResult GetFlags(nint stream, uint* flags) => Call.InContext("cuStreamGetFlags", context =>
    {
        *flags = context.Stream(stream).Flags;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamGetCtx")]
    internal static CuResult GetContext(nint stream, nint* handle) => Call.InContext("cuStreamGetCtx", context =>
    {
        *handle = context.Stream(stream).Context.Handle;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamAddCallback")]
    internal static CuResult AddCallback(nint stream, delegate* unmanaged<nint, CuResult, void*, void> callback, void* data, uint flags) =>
        Call.InContext("cuStreamAddCallback", context =>
        {
            if (callback is null) return CuResult.InvalidValue;
            if (context.Stream(stream).Capture is not null) throw new CuException(CuResult.StreamCaptureUnsupported, "callbacks are not captured; cuLaunchHostFunc is");
            return context.Stream(stream).Submit("cuStreamAddCallback", () => callback(stream, CuResult.Success, data));
        });

    private static CuResult New(string call, nint* stream, uint flags, int priority) => Call.InContext(call, context =>
    {
        if (flags > 1) return CuResult.InvalidValue;
        *stream = context.Own(new Stream(context, flags, Math.Clamp(priority, -5, 0)));
        return CuResult.Success;
    });

    private static CuResult End(nint stream) => Call.InContext("cuStreamDestroy", context =>
    {
        var found = Handles.Find<Stream>(stream, "stream");
        if (found.Capture is { } capture)
        {
            capture.IsInvalidated = true;
            context.Captures.Remove(capture);
        }

        context.Streams.Remove(found);
        context.Disown(stream);
        return CuResult.Success;
    });

    private static CuResult Wait(string call, nint stream) => Call.InContext(call, context =>
    {
        var found = context.Stream(stream);
        if (found.Capture is { } capture)
        {
            capture.IsInvalidated = true;
            throw new CuException(CuResult.StreamCaptureUnsupported, $"{call} of a stream that is capturing; the capture is invalid now");
        }

        found.Complete();
        return CuResult.Success;
    });

    private static CuResult WaitFor(nint stream, nint awaited) =>
        Call.InContext("cuStreamWaitEvent", context => Handles.Find<Event>(awaited, "event").WaitedForBy(context.Stream(stream)));
}

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Events. Elapsed times are those of the host that simulates: they say nothing about a GPU.</summary>
internal static unsafe class EventExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuEventCreate")]
    internal static CuResult Create(nint* created, uint flags) => Call.InContext("cuEventCreate", context =>
    {
        if (flags > 7) return CuResult.InvalidValue;
        *created = context.Own(new Event(flags));
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuEventDestroy")]
    internal static CuResult Destroy(nint destroyed) => End(destroyed);

    [UnmanagedCallersOnly(EntryPoint = "cuEventDestroy_v2")]
    internal static CuResult DestroyV2(nint destroyed) => End(destroyed);

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecord")]
    internal static CuResult Record(nint recorded, nint stream) => RecordIn(recorded, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecord_ptsz")]
    internal static CuResult RecordPerThread(nint recorded, nint stream) => RecordIn(recorded, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuEventRecordWithFlags")]
    internal static CuResult RecordWithFlags(nint recorded, nint stream, uint flags) => RecordIn(recorded, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuEventSynchronize")]
    internal static CuResult Synchronize(nint awaited) => Call.InContext("cuEventSynchronize", _ => Handles.Find<Event>(awaited, "event").Complete());

    [UnmanagedCallersOnly(EntryPoint = "cuEventQuery")]
    internal static CuResult Query(nint asked) => Call.InContext("cuEventQuery", _ => Handles.Find<Event>(asked, "event").Complete());

    [UnmanagedCallersOnly(EntryPoint = "cuEventElapsedTime")]
    internal static CuResult ElapsedTime(float* milliseconds, nint start, nint end) => Elapsed(milliseconds, start, end);

    [UnmanagedCallersOnly(EntryPoint = "cuEventElapsedTime_v2")]
    internal static CuResult ElapsedTimeV2(float* milliseconds, nint start, nint end) => Elapsed(milliseconds, start, end);

    private static CuResult Elapsed(float* milliseconds, nint start, nint end) => Call.InContext("cuEventElapsedTime", _ =>
    {
        *milliseconds = Event.Elapsed(Handles.Find<Event>(start, "event"), Handles.Find<Event>(end, "event"));
        return CuResult.Success;
    });

    private static CuResult RecordIn(nint recorded, nint stream) => Call.InContext("cuEventRecord", context => Handles.Find<Event>(recorded, "event").Record(context.Stream(stream)));

    private static CuResult End(nint destroyed) => Call.InContext("cuEventDestroy", context =>
    {
        Handles.Find<Event>(destroyed, "event");
        context.Disown(destroyed);
        return CuResult.Success;
    });
}

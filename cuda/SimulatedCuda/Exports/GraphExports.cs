using System.Text;

namespace SiaEngine.SimulatedCuda.Exports;

/// <summary>Stream capture and graphs; graphs are captured, not built node by node.</summary>
internal static unsafe class GraphExports
{
    [UnmanagedCallersOnly(EntryPoint = "cuStreamBeginCapture")]
    internal static CuResult BeginCapture(nint stream, int mode) => Begin(stream, mode);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamBeginCapture_v2")]
    internal static CuResult BeginCaptureV2(nint stream, int mode) => Begin(stream, mode);

    [UnmanagedCallersOnly(EntryPoint = "cuStreamEndCapture")]
    internal static CuResult EndCapture(nint stream, nint* graph) => Call.InContext("cuStreamEndCapture", context =>
    {
        *graph = 0;
        var found = context.Stream(stream);
        if (found.Capture is not { } capture) throw new CuException(CuResult.InvalidValue, "the stream is not capturing");
        *graph = context.Own(capture.End(found, Environment.CurrentManagedThreadId));
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuStreamIsCapturing")]
    internal static CuResult IsCapturing(nint stream, int* status) => Call.InContext("cuStreamIsCapturing", context =>
    {
        *status = context.Stream(stream).Capture is { } capture ? capture.IsInvalidated ? 2 : 1 : 0;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphCreate")]
    internal static CuResult Create(nint* graph, uint flags) => Call.InContext("cuGraphCreate", context =>
    {
        *graph = context.Own(new Graph());
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphClone")]
    internal static CuResult Clone(nint* clone, nint graph) => Call.InContext("cuGraphClone", context =>
    {
        *clone = context.Own(Handles.Find<Graph>(graph, "graph").Copy());
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiate")]
    internal static CuResult Instantiate(nint* exec, nint graph, nint* errorNode, byte* log, nuint length) => New(exec, graph);

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiate_v2")]
    internal static CuResult InstantiateV2(nint* exec, nint graph, nint* errorNode, byte* log, nuint length) => New(exec, graph);

    [UnmanagedCallersOnly(EntryPoint = "cuGraphInstantiateWithFlags")]
    internal static CuResult InstantiateWithFlags(nint* exec, nint graph, ulong flags) => New(exec, graph);

    [UnmanagedCallersOnly(EntryPoint = "cuGraphUpload")]
    internal static CuResult Upload(nint exec, nint stream) => Call.InContext("cuGraphUpload", _ =>
    {
        Handles.Find<GraphExec>(exec, "executable graph");
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphLaunch")]
    internal static CuResult Launch(nint exec, nint stream) => Run(exec, stream);

    [UnmanagedCallersOnly(EntryPoint = "cuGraphLaunch_ptsz")]
    internal static CuResult LaunchPerThread(nint exec, nint stream) => Run(exec, stream);

    /// <param name="exec">Executable graph.</param>
    /// <param name="graph">The graph it shall become.</param>
    /// <param name="info">Result (0 success, 2 topology changed), and two nodes that are not told.</param>
    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecUpdate_v2")]
    internal static CuResult ExecUpdate(nint exec, nint graph, int* info) => Call.InContext("cuGraphExecUpdate", _ =>
    {
        var updated = Handles.Find<GraphExec>(exec, "executable graph").Update(Handles.Find<Graph>(graph, "graph"));
        if (info is not null)
        {
            new Span<byte>(info, 24).Clear();
            *info = updated ? 0 : 2;
        }

        return updated ? CuResult.Success : CuResult.GraphExecUpdateFailure;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphGetNodes")]
    internal static CuResult GetNodes(nint graph, nint* nodes, nuint* count) => Call.InContext("cuGraphGetNodes", _ =>
    {
        var found = Handles.Find<Graph>(graph, "graph");
        if (nodes is not null) throw new CuException(CuResult.NotSupported, "the simulator counts nodes and does not hand them out");
        *count = (nuint)found.Count;
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphDebugDotPrint")]
    internal static CuResult DebugDotPrint(nint graph, byte* path, uint flags) => Call.InContext("cuGraphDebugDotPrint", _ =>
    {
        var file = Marshal.PtrToStringUTF8((nint)path) ?? throw new CuException(CuResult.InvalidValue);
        var text = new StringBuilder("digraph graph {\n");
        var number = 0;
        foreach (var name in Handles.Find<Graph>(graph, "graph").Names)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  n{number} [label=\"{name}\"];\n");
            if (number > 0) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  n{number - 1} -> n{number};\n");
            number++;
        }

        File.WriteAllText(file, text.Append("}\n").ToString());
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphDestroy")]
    internal static CuResult Destroy(nint graph) => Call.InContext("cuGraphDestroy", context =>
    {
        Handles.Find<Graph>(graph, "graph");
        context.Disown(graph);
        return CuResult.Success;
    });

    [UnmanagedCallersOnly(EntryPoint = "cuGraphExecDestroy")]
    internal static CuResult ExecDestroy(nint exec) => Call.InContext("cuGraphExecDestroy", context =>
    {
        Handles.Find<GraphExec>(exec, "executable graph");
        context.Disown(exec);
        return CuResult.Success;
    });

    private static CuResult Begin(nint stream, int mode) => Call.InContext("cuStreamBeginCapture", context =>
    {
        var found = context.Stream(stream);
        if (found.IsDefault) throw new CuException(CuResult.StreamCaptureUnsupported, "the default stream cannot be captured");
        if (found.Capture is not null) throw new CuException(CuResult.InvalidValue, "the stream is capturing already");
        if (mode is < 0 or > 2) return CuResult.InvalidValue;
        found.Capture = new Capture(found, mode, Environment.CurrentManagedThreadId);
        context.Captures.Add(found.Capture);
        return CuResult.Success;
    });

    private static CuResult New(nint* exec, nint graph) => Call.InContext("cuGraphInstantiate", context =>
    {
        *exec = context.Own(new GraphExec(Handles.Find<Graph>(graph, "graph")));
        return CuResult.Success;
    });

    private static CuResult Run(nint exec, nint stream) => Call.InContext("cuGraphLaunch", context =>
        context.Stream(stream).Submit("cuGraphLaunch", Handles.Find<GraphExec>(exec, "executable graph").Graph.Run));
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Work that a <see cref="SimulatedDriver"/> recorded instead of running it.</summary>
internal sealed class SimulatedGraphs
{
    private readonly Dictionary<nint, List<Action>> _graphs = [];
    private List<Action>? _recording;
    private nint _next;

    /// <summary>Whether work is being recorded.</summary>
    public bool IsRecording => _recording is not null;

    /// <summary>Starts a recording.</summary>
    public void Begin()
    {
        Refuse("a capture");
        _recording = [];
    }

    /// <summary>Takes a piece of work into the recording.</summary>
    public void Add(Action work) => _recording!.Add(work);

    /// <summary>Ends the recording.</summary>
    public nint End()
    {
        var recorded = _recording ?? throw new InvalidOperationException("simulated driver: nothing is being captured");
        _recording = null;
        _graphs.Add(++_next, recorded);
        return _next;
    }

    /// <summary>Runs what a graph recorded.</summary>
    public void Launch(nint graph)
    {
        Refuse("launching a graph");
        if (!_graphs.TryGetValue(graph, out var recorded)) throw new CudaException($"simulated driver: there is no graph {graph}");
        foreach (var work in recorded) work();
    }

    /// <summary>Forgets a graph.</summary>
    public void Destroy(nint graph) => _graphs.Remove(graph);

    /// <summary>Throws while work is recorded.</summary>
    public void Refuse(string what)
    {
        if (_recording is not null)
            throw new InvalidOperationException($"{what} is not possible while a graph is captured; run the work once before, so that its memory is there, and read results after the replay");
    }
}

namespace SiaEngine.SimulatedCuda;

/// <summary>Operations in the order in which they were captured, which is one of the orders their dependencies allow.</summary>
internal sealed class Graph
{
    private readonly List<(string Name, Action Work)> _nodes = [];

    /// <summary>The names of the operations.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            foreach (var (name, _) in _nodes) yield return name;
        }
    }

    /// <summary>Number of operations.</summary>
    public int Count => _nodes.Count;

    /// <summary>Adds an operation.</summary>
    public void Add(string name, Action work) => _nodes.Add((name, work));

    /// <summary>The same operations.</summary>
    public Graph Copy()
    {
        var copy = new Graph();
        copy._nodes.AddRange(_nodes);
        return copy;
    }

    /// <summary>Runs all operations.</summary>
    public void Run()
    {
        foreach (var (_, work) in _nodes) work();
    }
}

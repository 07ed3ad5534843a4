namespace SiaEngine.SimulatedCuda;

/// <summary>A graph that can be launched.</summary>
/// <param name="graph">Its operations, copied.</param>
internal sealed class GraphExec(Graph graph)
{
    /// <summary>Its operations.</summary>
    public Graph Graph { get; private set; } = graph.Copy();

    /// <summary>Takes the operations of another graph of the same form.</summary>
    public bool Update(Graph other)
    {
        using var names = other.Names.GetEnumerator();
        foreach (var name in Graph.Names)
            if (!names.MoveNext() || names.Current != name) return false;
        if (names.MoveNext()) return false;
        Graph = other.Copy();
        return true;
    }
}

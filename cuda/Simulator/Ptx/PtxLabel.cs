namespace SiaEngine.Cuda.Simulator;

/// <summary>A label; <see cref="Target"/> is the index of the instruction behind it, the number of instructions if it stands at the end.</summary>
public sealed class PtxLabel(string name)
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>Index of the instruction it stands before; −1 until it is found.</summary>
    public int Target { get; set; } = -1;

    /// <summary>Targets of a <c>.branchtargets</c> table behind this label, else empty.</summary>
    public IReadOnlyList<PtxLabel> Table { get; set; } = [];
}

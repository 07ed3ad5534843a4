namespace SiaEngine.Cuda.Simulator;

/// <summary>A variable in memory.</summary>
public sealed class PtxVariable
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>State space.</summary>
    public required StateSpace Space { get; init; }

    /// <summary>Element type.</summary>
    public required PtxType Type { get; init; }

    /// <summary>Total elements: array extents times vector length; 1 for a scalar, 0 for an unsized <c>extern .shared</c> array.</summary>
    public required long Count { get; init; }

    /// <summary>Alignment in bytes.</summary>
    public required int Alignment { get; init; }

    /// <summary>Bytes of the initialiser, or null: then global and const variables are zero, shared and local ones undefined.</summary>
    public byte[]? Initial { get; init; }

    /// <summary>Initial values that are addresses: byte offset, the variable or function, and an addend.</summary>
    public IReadOnlyList<(int Offset, string Symbol, long Addend)> Relocations { get; init; } = [];

    /// <summary>Whether it is the dynamically sized shared memory of a launch (<c>.extern .shared</c> without extent).</summary>
    public bool IsDynamic => Space == StateSpace.Shared && Count == 0;

    /// <summary>Line of its declaration.</summary>
    public int Line { get; init; }

    /// <summary>Size in bytes.</summary>
    public long Bytes => Count * Type.Size;
}

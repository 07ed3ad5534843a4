namespace SiaEngine.Cuda.Simulator;

/// <summary>A kernel or device function.</summary>
public sealed class PtxFunction
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is a kernel (<c>.entry</c>).</summary>
    public required bool IsEntry { get; init; }

    /// <summary>Whether it has a body; a function that is declared only cannot be called.</summary>
    public bool IsDefined { get; init; } = true;

    /// <summary>Line of its declaration.</summary>
    public required int Line { get; init; }

    /// <summary>Return parameters, space param or register; empty for kernels.</summary>
    public required IReadOnlyList<PtxVariable> Returns { get; init; }

    /// <summary>Parameters in order; a device function may take registers, as variables of space register.</summary>
    public required IReadOnlyList<PtxVariable> Parameters { get; init; }

    /// <summary>All registers, those of inner scopes under the same numbering.</summary>
    public required IReadOnlyList<PtxRegister> Registers { get; init; }

    /// <summary>Variables declared inside, of spaces shared, local, param, global and const.</summary>
    public required IReadOnlyList<PtxVariable> Variables { get; init; }

    /// <summary>The body.</summary>
    public required IReadOnlyList<Instruction> Instructions { get; init; }

    /// <summary>Most threads per block (<c>.maxntid</c>), or null.</summary>
    public (int X, int Y, int Z)? MaxThreads { get; init; }

    /// <summary>Threads per block required (<c>.reqntid</c>), or null.</summary>
    public (int X, int Y, int Z)? RequiredThreads { get; init; }

    /// <summary><c>.minnctapersm</c>, or null.</summary>
    public int? MinBlocksPerSm { get; init; }

    /// <summary><c>.maxnreg</c>, or null.</summary>
    public int? MaxRegisters { get; init; }
}

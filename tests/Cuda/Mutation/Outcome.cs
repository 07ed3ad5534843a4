namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>What became of a mutant.</summary>
internal enum Outcome
{
    /// <summary>All launches give the bits of the original.</summary>
    Survived,

    /// <summary>A check of the simulator stopped it.</summary>
    Report,

    /// <summary>It ran into the instruction limit.</summary>
    Limit,

    /// <summary>The result is wrong, or not written.</summary>
    Result,

    /// <summary>The result differs in the last bits only.</summary>
    Bits,

    /// <summary>It does not assemble.</summary>
    Rejected,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>What a vote computes.</summary>
internal enum VoteMode : byte
{
    /// <summary>Whether the predicate is true in every lane.</summary>
    All,

    /// <summary>Whether it is true in one.</summary>
    Any,

    /// <summary>Whether it is the same in every lane.</summary>
    Uniform,

    /// <summary>The lanes where it is true.</summary>
    Ballot,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>What an atomic does with the old value and its operand.</summary>
internal enum AtomicOperation : byte
{
    /// <summary>Sum.</summary>
    Add,

    /// <summary>Smaller.</summary>
    Min,

    /// <summary>Larger.</summary>
    Max,

    /// <summary>Old + 1, or 0 if old ≥ operand.</summary>
    Inc,

    /// <summary>Old − 1, or the operand if old is 0 or larger than it.</summary>
    Dec,

    /// <summary>Bitwise and.</summary>
    And,

    /// <summary>Bitwise or.</summary>
    Or,

    /// <summary>Bitwise exclusive or.</summary>
    Xor,

    /// <summary>The operand.</summary>
    Exch,

    /// <summary>The second operand if the old value equals the first.</summary>
    Cas,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Fundamental type of a PTX variable, register or instruction (PTX ISA 8.4, sections 5.2 and 9).</summary>
public enum PtxType : byte
{
    /// <summary>No type given.</summary>
    None,

    /// <summary>Predicate.</summary>
    Pred,

    /// <summary>8 bits.</summary>
    B8,

    /// <summary>16 bits.</summary>
    B16,

    /// <summary>32 bits.</summary>
    B32,

    /// <summary>64 bits.</summary>
    B64,

    /// <summary>128 bits.</summary>
    B128,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Signed, 8 bits.</summary>
    S8,

    /// <summary>Signed, 16 bits.</summary>
    S16,

    /// <summary>Signed, 32 bits.</summary>
    S32,

    /// <summary>Signed, 64 bits.</summary>
    S64,

    /// <summary>IEEE binary16.</summary>
    F16,

    /// <summary>Two binary16.</summary>
    F16X2,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>Two bfloat16.</summary>
    BF16X2,

    /// <summary>Tensor-core input with 10 bits of mantissa, kept in 32 bits.</summary>
    TF32,

    /// <summary>IEEE binary32.</summary>
    F32,

    /// <summary>IEEE binary64.</summary>
    F64,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Properties of <see cref="PtxType"/>.</summary>
public static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> ByName = MakeNames();

    extension(PtxType type)
    {
        /// <summary>Bytes of a value; 0 for predicates.</summary>
        public int Size => type switch
        {
            PtxType.B8 or PtxType.U8 or PtxType.S8 => 1,
            PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.BF16 => 2,
            PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 8,
            PtxType.B128 => 16,
            PtxType.None or PtxType.Pred => 0,
            _ => 4,
        };

        /// <summary>Whether the type is a signed integer.</summary>
        public bool IsSigned => type is PtxType.S8 or PtxType.S16 or PtxType.S32 or PtxType.S64;

        /// <summary>Whether the type is a floating-point type, alone or packed.</summary>
        public bool IsFloat => type is >= PtxType.F16;
    }

    /// <summary>Type with this name as written in PTX, without the dot; <see cref="PtxType.None"/> if there is none.</summary>
    public static PtxType Parse(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, PtxType> MakeNames()
    {
        var names = new Dictionary<string, PtxType>(StringComparer.Ordinal);
        foreach (var type in Enum.GetValues<PtxType>()) names[type.ToString().ToLowerInvariant()] = type;
        names.Remove("none");
        return names;
    }
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>popc, clz, brev, bfind, bfe and bfi.</summary>
internal static class BitOpcodes
{
    /// <summary><c>popc</c>, <c>clz</c>, <c>brev</c>, <c>bfind</c>; all but <c>brev</c> give 32 bits.</summary>
    public static Step Unary(Form form)
    {
        var opcode = form.At.Opcode;
        if (opcode == "bfind") form.Allow("shiftamt");
        else form.Allow();
        form.Count(2);
        var type = opcode == "bfind" ? form.Type(PtxType.U32, PtxType.U64, PtxType.S32, PtxType.S64) : form.Type(PtxType.B32, PtxType.B64);
        var d = form.Out(0, opcode == "brev" ? type : PtxType.U32);
        return AluSteps.OfInteger<UnaryOf, Step>(type, new(form.Has("shiftamt") ? "shiftamt" : opcode, d, form.In(1, type)));
    }

    /// <summary><c>bfe</c>.</summary>
    public static Step Extract(Form form)
    {
        form.Allow();
        form.Count(4);
        var type = form.Type(PtxType.U32, PtxType.U64, PtxType.S32, PtxType.S64);
        return AluSteps.OfInteger<ExtractOf, Step>(type, new(form.Out(0, type), form.In(1, type), form.In(2, PtxType.U32), form.In(3, PtxType.U32)));
    }

    /// <summary><c>bfi</c>.</summary>
    public static Step Insert(Form form)
    {
        form.Allow();
        form.Count(5);
        var type = form.Type(PtxType.B32, PtxType.B64);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type), start = form.In(3, PtxType.U32), length = form.In(4, PtxType.U32);
        return type.Size == 4
            ? new MapStep<uint, uint, uint, uint, uint, BitMaps.InsertField<uint>>(d, a, b, start, length)
            : new MapStep<ulong, ulong, uint, uint, ulong, BitMaps.InsertField<ulong>>(d, a, b, start, length);
    }

    private readonly record struct UnaryOf(string Name, Slot D, Slot A) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Name switch
        {
            "popc" => new MapStep<T, uint, BitMaps.PopulationCount<T>>(D, A),
            "clz" => new MapStep<T, uint, BitMaps.LeadingZeroCount<T>>(D, A),
            "brev" => new MapStep<T, T, BitMaps.Reverse<T>>(D, A),
            "bfind" => new MapStep<T, uint, BitMaps.FindBit<T>>(D, A),
            _ => new MapStep<T, uint, BitMaps.FindBitShift<T>>(D, A),
        };
    }

    private readonly record struct ExtractOf(Slot D, Slot A, Slot B, Slot C) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new MapStep<T, uint, uint, T, BitMaps.ExtractField<T>>(D, A, B, C);
    }
}

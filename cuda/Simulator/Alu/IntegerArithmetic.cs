using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Integer add, sub, mul, mad, sad, div, rem, min, max, neg and abs.</summary>
internal static class IntegerArithmetic
{
    /// <summary><c>add</c>, <c>sub</c>.</summary>
    public static Step AddOrSubtract(Form form)
    {
        if (form.Has("cc")) return CarryArithmetic.AddOrSubtract(form);
        form.Allow("sat");
        form.Count(3);
        var subtract = form.At.Opcode == "sub";
        var type = form.Has("sat") ? form.Type(PtxType.S32) : form.Type(Form.Integers);
        var (d, a, b) = (form.Out(0, type), form.In(1, type), form.In(2, type));
        if (form.Has("sat"))
            return subtract ? new MapStep<int, int, int, IntegerMaps.SubtractSaturating>(d, a, b) : new MapStep<int, int, int, IntegerMaps.AddSaturating>(d, a, b);
        return AluSteps.OfInteger<Linear, Step>(type, new(subtract ? "sub" : "add", d, a, b));
    }

    /// <summary><c>min</c>, <c>max</c>, <c>div</c>, <c>rem</c>.</summary>
    public static Step Binary(Form form)
    {
        form.Allow();
        form.Count(3);
        var type = form.Type(Form.Integers);
        return AluSteps.OfInteger<Linear, Step>(type, new(form.At.Opcode, form.Out(0, type), form.In(1, type), form.In(2, type)));
    }

    /// <summary><c>neg</c>, <c>abs</c>.</summary>
    public static Step Unary(Form form)
    {
        form.Allow();
        form.Count(2);
        var type = form.Type(PtxType.S16, PtxType.S32, PtxType.S64);
        return AluSteps.OfInteger<Sign, Step>(type, new(form.At.Opcode == "neg", form.Out(0, type), form.In(1, type)));
    }

    /// <summary><c>mul</c>.</summary>
    public static Step Multiply(Form form)
    {
        form.Allow("lo", "hi", "wide");
        form.Count(3);
        var part = form.OneOf("lo", "hi", "wide") ?? throw form.Error($"{form.At} needs .lo, .hi or .wide");
        var type = part == "wide" ? form.Type(PtxType.U16, PtxType.S16, PtxType.U32, PtxType.S32) : form.Type(Form.Integers);
        var d = form.Out(0, part == "wide" ? Wider(type) : type);
        Slot a = form.In(1, type), b = form.In(2, type);
        return part == "wide" ? WideStep(type, d, a, b) : AluSteps.OfInteger<Linear, Step>(type, new(part, d, a, b));
    }

    /// <summary><c>mad</c>.</summary>
    public static Step MultiplyAdd(Form form)
    {
        if (form.Has("cc")) return CarryArithmetic.MultiplyAdd(form);
        form.Allow("lo", "hi", "wide", "sat");
        form.Count(4);
        var part = form.OneOf("lo", "hi", "wide") ?? throw form.Error($"{form.At} needs .lo, .hi or .wide");
        if (form.Has("sat") && part != "hi") throw form.Error($"{form.At} takes .sat with .hi only");
        var type = form.Has("sat") ? form.Type(PtxType.S32)
            : part == "wide" ? form.Type(PtxType.U16, PtxType.S16, PtxType.U32, PtxType.S32) : form.Type(Form.Integers);
        var wide = part == "wide" ? Wider(type) : type;
        Slot d = form.Out(0, wide), a = form.In(1, type), b = form.In(2, type), c = form.In(3, wide);
        if (form.Has("sat")) return new MapStep<int, int, int, int, IntegerMaps.MultiplyAddHighSaturating>(d, a, b, c);
        if (part != "wide") return AluSteps.OfInteger<MultiplyAddOf, Step>(type, new(part, d, a, b, c));
        return type switch
        {
            PtxType.U16 => new MapStep<ushort, ushort, uint, uint, IntegerMaps.MultiplyAddWide<ushort, uint>>(d, a, b, c),
            PtxType.S16 => new MapStep<short, short, int, int, IntegerMaps.MultiplyAddWide<short, int>>(d, a, b, c),
            PtxType.U32 => new MapStep<uint, uint, ulong, ulong, IntegerMaps.MultiplyAddWide<uint, ulong>>(d, a, b, c),
            _ => new MapStep<int, int, long, long, IntegerMaps.MultiplyAddWide<int, long>>(d, a, b, c),
        };
    }

    /// <summary><c>sad</c>.</summary>
    public static Step SumOfAbsoluteDifference(Form form)
    {
        form.Allow();
        form.Count(4);
        var type = form.Type(Form.Integers);
        return AluSteps.OfInteger<MultiplyAddOf, Step>(type, new("sad", form.Out(0, type), form.In(1, type), form.In(2, type), form.In(3, type)));
    }

    /// <summary>The type of twice the width.</summary>
    public static PtxType Wider(PtxType type) => type switch
    {
        PtxType.U16 => PtxType.U32,
        PtxType.S16 => PtxType.S32,
        PtxType.U32 => PtxType.U64,
        _ => PtxType.S64,
    };

    private static Step WideStep(PtxType type, Slot d, Slot a, Slot b) => type switch
    {
        PtxType.U16 => new MapStep<ushort, ushort, uint, IntegerMaps.MultiplyWide<ushort, uint>>(d, a, b),
        PtxType.S16 => new MapStep<short, short, int, IntegerMaps.MultiplyWide<short, int>>(d, a, b),
        PtxType.U32 => new MapStep<uint, uint, ulong, IntegerMaps.MultiplyWide<uint, ulong>>(d, a, b),
        _ => new MapStep<int, int, long, IntegerMaps.MultiplyWide<int, long>>(d, a, b),
    };

    private readonly record struct Linear(string Name, Slot D, Slot A, Slot B) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Name switch
        {
            "add" => AluSteps.Binary<T, IntegerMaps.Add<T>>(D, A, B),
            "sub" => AluSteps.Binary<T, IntegerMaps.Subtract<T>>(D, A, B),
            "lo" => AluSteps.Binary<T, IntegerMaps.MultiplyLow<T>>(D, A, B),
            "hi" => new MapStep<T, T, T, IntegerMaps.MultiplyHigh<T>>(D, A, B),
            "min" => AluSteps.Binary<T, IntegerMaps.Min<T>>(D, A, B),
            "max" => AluSteps.Binary<T, IntegerMaps.Max<T>>(D, A, B),
            "div" => new MapStep<T, T, T, IntegerMaps.Divide<T>>(D, A, B),
            _ => new MapStep<T, T, T, IntegerMaps.Remainder<T>>(D, A, B),
        };
    }

    private readonly record struct Sign(bool Negate, Slot D, Slot A) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Negate ? new MapStep<T, T, IntegerMaps.Negate<T>>(D, A) : new MapStep<T, T, IntegerMaps.Absolute<T>>(D, A);
    }

    private readonly record struct MultiplyAddOf(string Part, Slot D, Slot A, Slot B, Slot C) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Part switch
        {
            "lo" => AluSteps.Ternary<T, IntegerMaps.MultiplyAddLow<T>>(D, A, B, C),
            "hi" => new MapStep<T, T, T, T, IntegerMaps.MultiplyAddHigh<T>>(D, A, B, C),
            _ => new MapStep<T, T, T, T, IntegerMaps.SumOfAbsoluteDifference<T>>(D, A, B, C),
        };
    }
}

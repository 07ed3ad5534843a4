using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>prmt, lop3, shf, bmsk, szext, fns, dp4a, dp2a, mul24 and mad24.</summary>
internal static class WordOpcodes
{
    private delegate uint WordFunction(uint a, uint b, uint c);

    /// <summary><c>prmt</c>.</summary>
    public static Step Permute(Form form)
    {
        form.Allow("f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
        form.Count(4);
        form.Type(PtxType.B32);
        var mode = form.OneOf("f4e", "b4e", "rc8", "ecl", "ecr", "rc16");
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32), c = form.In(3, PtxType.B32);
        if (mode is null) return new MapStep<uint, uint, uint, uint, WordMaps.Permute>(d, a, b, c);
        return new WordStep((x, y, z) => WordMaps.Permute.Apply(x, y, WordMaps.Selector(mode, z & 3)), d, a, b, c);
    }

    /// <summary><c>lop3</c>; with <c>.or</c> or <c>.and</c> also p = (d != 0) op q.</summary>
    public static Step Logic3(Form form)
    {
        form.Allow("or", "and");
        form.Type(PtxType.B32);
        var join = form.OneOf("or", "and");
        form.Count(join is null ? 5 : 6);
        if (form.At.Operands[4] is not IntegerOperand { Bits: <= 255 } table) throw form.Error($"{form.At} takes a truth table of 0 to 255 as its last number");
        Slot a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32), c = form.In(3, PtxType.B32), lut = form.In(4, PtxType.B32);
        if (join is null) return new MapStep<uint, uint, uint, uint, uint, WordMaps.TruthTable>(form.Out(0, PtxType.B32), a, b, c, lut);
        if (form.At.Operands[0] is not RegisterOperand { Second: { Type: PtxType.Pred } p, Negated: false } pair) throw form.Error($"{form.At} writes d|p");
        if (pair.Register.Type is PtxType.Pred || pair.Register.Type.Size != 4) throw form.Error($"{form.At} writes 32 bits and a predicate, d|p");
        Slot d = form.Compiler.Write(pair.Register), predicate = form.Compiler.Write(p);
        var (q, negated) = form.InPredicate(5);
        return new Logic3Step(d, predicate, a, b, c, (uint)table.Bits, q, negated ? uint.MaxValue : 0, join == "or");
    }

    /// <summary><c>shf</c>.</summary>
    public static Step Funnel(Form form)
    {
        form.Allow("l", "r", "clamp", "wrap");
        form.Count(4);
        form.Type(PtxType.B32);
        var left = (form.OneOf("l", "r") ?? throw form.Error($"{form.At} needs .l or .r")) == "l";
        var wrap = Wraps(form);
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32), c = form.In(3, PtxType.U32);
        return (left, wrap) switch
        {
            (true, true) => new MapStep<uint, uint, uint, uint, WordMaps.FunnelLeft<Yes>>(d, a, b, c),
            (true, false) => new MapStep<uint, uint, uint, uint, WordMaps.FunnelLeft<No>>(d, a, b, c),
            (false, true) => new MapStep<uint, uint, uint, uint, WordMaps.FunnelRight<Yes>>(d, a, b, c),
            _ => new MapStep<uint, uint, uint, uint, WordMaps.FunnelRight<No>>(d, a, b, c),
        };
    }

    /// <summary><c>bmsk</c>.</summary>
    public static Step Mask(Form form)
    {
        form.Allow("clamp", "wrap");
        form.Count(3);
        form.Type(PtxType.B32);
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32);
        return Wraps(form) ? new MapStep<uint, uint, uint, WordMaps.Mask<Yes>>(d, a, b) : new MapStep<uint, uint, uint, WordMaps.Mask<No>>(d, a, b);
    }

    /// <summary><c>szext</c>.</summary>
    public static Step Extend(Form form)
    {
        form.Allow("clamp", "wrap");
        form.Count(3);
        var type = form.Type(PtxType.U32, PtxType.S32);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, PtxType.U32);
        return (Wraps(form), type) switch
        {
            (true, PtxType.S32) => new MapStep<uint, uint, uint, WordMaps.SignExtend<Yes>>(d, a, b),
            (false, PtxType.S32) => new MapStep<uint, uint, uint, WordMaps.SignExtend<No>>(d, a, b),
            (true, _) => new MapStep<uint, uint, uint, WordMaps.ZeroExtend<Yes>>(d, a, b),
            _ => new MapStep<uint, uint, uint, WordMaps.ZeroExtend<No>>(d, a, b),
        };
    }

    /// <summary><c>fns</c>.</summary>
    public static Step FindNth(Form form)
    {
        form.Allow();
        form.Count(4);
        form.Type(PtxType.B32);
        return new MapStep<uint, uint, int, uint, WordMaps.FindNth>(
            form.Out(0, PtxType.B32), form.In(1, PtxType.B32), form.In(2, PtxType.B32), form.In(3, PtxType.S32));
    }

    /// <summary><c>dp4a</c>, <c>dp2a</c>.</summary>
    public static Step Dot(Form form)
    {
        var four = form.At.Opcode == "dp4a";
        if (four) form.Allow();
        else form.Allow("lo", "hi");
        form.Count(4);
        var types = form.At.Types;
        if (types.Count != 2 || !IsWord(types[0]) || !IsWord(types[1])) throw form.Error($"{form.At} takes two types of u32 and s32");
        if (!four && form.OneOf("lo", "hi") is null) throw form.Error($"{form.At} needs .lo or .hi");
        bool signedA = types[0] == PtxType.S32, signedB = types[1] == PtxType.S32, high = form.Has("hi");
        Slot d = form.Out(0, PtxType.B32), a = form.In(1, PtxType.B32), b = form.In(2, PtxType.B32), c = form.In(3, PtxType.B32);
        return new WordStep((x, y, z) => WordMaps.Dot(x, y, z, signedA, signedB, four ? 4 : 2, high), d, a, b, c);
    }

    /// <summary><c>mul24</c>, <c>mad24</c>: bits 31..0 or 47..16 of the product of 24-bit numbers.</summary>
    public static Step Multiply24(Form form)
    {
        var adds = form.At.Opcode == "mad24";
        if (adds) form.Allow("lo", "hi", "sat");
        else form.Allow("lo", "hi");
        form.Count(adds ? 4 : 3);
        var type = form.Type(PtxType.U32, PtxType.S32);
        var high = (form.OneOf("lo", "hi") ?? throw form.Error($"{form.At} needs .lo or .hi")) == "hi";
        var saturates = form.Has("sat");
        if (saturates && !(high && type == PtxType.S32)) throw form.Error($"{form.At} takes .sat with .hi and s32 only");
        var (signed, shift) = (type == PtxType.S32, high ? 16 : 0);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type), c = adds ? form.In(3, type) : a;
        if (!adds) return new WordStep((x, y, _) => (uint)(WordMaps.Multiply24(x, y, signed) >> shift), d, a, b, c);
        if (saturates) return new WordStep((x, y, z) => (uint)int.CreateSaturating((long)(int)(WordMaps.Multiply24(x, y, true) >> 16) + (int)z), d, a, b, c);
        return new WordStep((x, y, z) => unchecked((uint)(WordMaps.Multiply24(x, y, signed) >> shift) + z), d, a, b, c);
    }

    private static bool IsWord(PtxType type) => type is PtxType.U32 or PtxType.S32;

    private static bool Wraps(Form form) => (form.OneOf("clamp", "wrap") ?? throw form.Error($"{form.At} needs .clamp or .wrap")) == "wrap";

    private sealed class WordStep(WordFunction function, Slot d, Slot a, Slot b, Slot c) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                warp.Lane<uint>(d, lane) = function(warp.Lane<uint>(a, lane), warp.Lane<uint>(b, lane), warp.Lane<uint>(c, lane));
            }
        }
    }

    private sealed class Logic3Step(Slot d, Slot p, Slot a, Slot b, Slot c, uint table, Slot q, uint flip, bool or) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            var before = warp.Predicate(q) ^ flip;
            var set = 0u;
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                var value = WordMaps.TruthTable.Apply(warp.Lane<uint>(a, lane), warp.Lane<uint>(b, lane), warp.Lane<uint>(c, lane), table);
                warp.Lane<uint>(d, lane) = value;
                if (value != 0) set |= 1u << lane;
            }

            warp.SetPredicate(p, mask, or ? set | before : set & before);
        }
    }
}

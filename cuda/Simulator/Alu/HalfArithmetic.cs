using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>add, sub, mul, fma, neg, abs, min, max, ex2 and tanh of f16 and bf16, alone and in pairs.</summary>
internal static class HalfArithmetic
{
    /// <summary>Compiles any of them.</summary>
    public static Step Compile(Form form)
    {
        var opcode = form.At.Opcode;
        var type = form.Type(PtxType.F16, PtxType.F16X2, PtxType.BF16, PtxType.BF16X2);
        var brain = type is PtxType.BF16 or PtxType.BF16X2;
        switch (opcode)
        {
            case "add" or "sub" or "mul" when brain:
                form.Allow("rn");
                break;
            case "add" or "sub" or "mul":
                form.Allow("rn", "ftz", "sat");
                break;
            case "fma":
                if (brain) form.Allow("rn", "relu");
                else form.Allow("rn", "ftz", "sat", "relu");
                if (!form.Has("rn")) throw form.Error($"{form.At} needs .rn");
                form.OneOf("sat", "relu");
                break;
            case "neg" or "abs":
                if (brain) form.Allow();
                else form.Allow("ftz");
                break;
            case "min" or "max":
                if (brain) form.Allow("NaN", "xorsign", "abs");
                else form.Allow("ftz", "NaN", "xorsign", "abs");
                if (form.Has("xorsign") != form.Has("abs")) throw form.Error($"{form.At} takes .xorsign.abs together");
                break;
            default:
                if (brain && opcode == "ex2") form.Allow("approx", "ftz");
                else form.Allow("approx");
                if (!form.Has("approx")) throw form.Error($"{form.At} needs .approx");
                if (brain && opcode == "ex2" && !form.Has("ftz")) throw form.Error($"{form.At} needs .ftz");
                break;
        }

        var count = opcode switch
        {
            "fma" => 3,
            "neg" or "abs" or "ex2" or "tanh" => 1,
            _ => 2,
        };
        form.Count(count + 1);
        var d = form.Out(0, type);
        Slot a = form.In(1, type), b = count > 1 ? form.In(2, type) : a, c = count > 2 ? form.In(3, type) : a;
        var pair = type is PtxType.F16X2 or PtxType.BF16X2;
        var flops = (opcode is "neg" or "abs" or "min" or "max" ? 0 : opcode == "fma" ? 2 : 1) * (pair ? 2 : 1);
        if (opcode is "neg" or "abs" && !form.Has("ftz")) return new SignStep(d, a, opcode == "neg");
        return new HalfStep(Function(form), new(brain, form.Has("ftz"), form.Has("sat"), form.Has("relu")), d, a, b, c, pair, flops);
    }

    private static HalfFunction Function(Form form)
    {
        HalfFunction f = (form.At.Opcode, form.Has("NaN")) switch
        {
            ("add", _) => HalfMaps.Add,
            ("sub", _) => HalfMaps.Subtract,
            ("mul", _) => HalfMaps.Multiply,
            ("fma", _) => HalfMaps.FusedMultiplyAdd,
            ("neg", _) => HalfMaps.Negate,
            ("abs", _) => HalfMaps.Absolute,
            ("min", false) => HalfMaps.Min,
            ("min", true) => HalfMaps.MinNaN,
            ("max", false) => HalfMaps.Max,
            ("max", true) => HalfMaps.MaxNaN,
            ("ex2", _) => HalfMaps.Exp2,
            _ => HalfMaps.Tanh,
        };
        return form.Has("xorsign") ? HalfMaps.XorSign(f) : f;
    }

    private sealed class HalfStep(HalfFunction function, HalfFormat format, Slot d, Slot a, Slot b, Slot c, bool pair, int flops) : Step
    {
        public override int FlopsPerLane => flops;

        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                uint x = warp.Lane<uint>(a, lane), y = warp.Lane<uint>(b, lane), z = warp.Lane<uint>(c, lane);
                uint result = Apply(x, y, z);
                if (pair) result |= (uint)Apply(x >> 16, y >> 16, z >> 16) << 16;
                warp.Lane<uint>(d, lane) = result;
            }
        }

        private ushort Apply(uint x, uint y, uint z) => format.Store(function(format.Load((ushort)x), format.Load((ushort)y), format.Load((ushort)z)));
    }

    /// <summary>Sign bits of both halves flipped or cleared, of NaN too; the upper half of a single number is not looked at.</summary>
    private sealed class SignStep(Slot d, Slot a, bool negate) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                var bits = warp.Lane<uint>(a, lane);
                warp.Lane<uint>(d, lane) = negate ? bits ^ 0x80008000 : bits & 0x7FFF7FFF;
            }
        }
    }
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>setp and set where a half-precision type is compared or is the result.</summary>
internal static class HalfCompare
{
    /// <summary>Whether a type is half precision, alone or a pair.</summary>
    public static bool IsHalf(PtxType type) => type is PtxType.F16 or PtxType.F16X2 or PtxType.BF16 or PtxType.BF16X2;

    /// <summary><c>setp</c>: of a pair, p is the result of the low halves and q of the high ones.</summary>
    public static Step SetPredicate(Form form)
    {
        var type = form.Type(PtxType.F16, PtxType.F16X2, PtxType.BF16, PtxType.BF16X2);
        AllowOperators(form, type is PtxType.F16 or PtxType.F16X2);
        var compare = Comparison.Of<MakeFunction, Func<double, double, bool>>(Comparison.Operator(form, type), default);
        var with = Combination.Read(form, 3);
        var (p, q) = Compare.Destinations(form);
        var pair = type is PtxType.F16X2 or PtxType.BF16X2;
        return new SetPredicateStep(compare, Format(form, type), p, q, form.In(1, type), form.In(2, type), with, pair);
    }

    /// <summary><c>set</c>.</summary>
    public static Step Set(Form form)
    {
        PtxType to = form.At.Types[0], type = form.At.Types[1];
        var pair = type is PtxType.F16X2 or PtxType.BF16X2;
        var accepted = type switch
        {
            PtxType.F16X2 => to is PtxType.F16X2 or PtxType.U32 or PtxType.S32,
            PtxType.BF16X2 => to is PtxType.BF16X2 or PtxType.U32 or PtxType.S32,
            PtxType.F16 => to is PtxType.F16 or PtxType.U16 or PtxType.S16 or PtxType.U32 or PtxType.S32,
            PtxType.BF16 => to is PtxType.BF16 or PtxType.U16 or PtxType.S16 or PtxType.U32 or PtxType.S32,
            _ => to is PtxType.F16 or PtxType.BF16 && Array.IndexOf(Comparison.Types, type) >= 0,
        };
        if (!accepted) throw form.Error($"{form.At} does not make {Form.Name(to)} from a comparison of {Form.Name(type)}");
        if (type.IsFloat) AllowOperators(form, type is PtxType.F16 or PtxType.F16X2 or PtxType.F32);
        else form.Allow([.. Comparison.IntegerOperators, "and", "or", "xor"]);
        var name = Comparison.Operator(form, type);
        var with = Combination.Read(form, 3);
        Slot d = form.Out(0, to), a = form.In(1, type), b = form.In(2, type);
        var held = to switch
        {
            PtxType.F16 or PtxType.F16X2 => 0x3C00u,
            PtxType.BF16 or PtxType.BF16X2 => 0x3F80u,
            _ => pair ? 0xFFFFu : uint.MaxValue,
        };
        if (!IsHalf(type)) return Compare.SetBits(form, type, name, d, a, b, with, held);
        return new SetStep(Comparison.Of<MakeFunction, Func<double, double, bool>>(name, default), Format(form, type), d, a, b, with, pair, held);
    }

    private static void AllowOperators(Form form, bool flushes)
    {
        if (flushes) form.Allow([.. Comparison.FloatOperators, "and", "or", "xor", "ftz"]);
        else form.Allow([.. Comparison.FloatOperators, "and", "or", "xor"]);
    }

    private static HalfFormat Format(Form form, PtxType type) => new(type is PtxType.BF16 or PtxType.BF16X2, form.Has("ftz"), false, false);

    private readonly struct MakeFunction : Comparison.IVisitor<Func<double, double, bool>>
    {
        public Func<double, double, bool> Visit<TCompare>() where TCompare : struct, Comparison.ICompare => static (a, b) => TCompare.Holds(a, b);
    }

    private static uint Lanes(Warp warp, Func<double, double, bool> compare, HalfFormat format, Slot a, Slot b, int shift)
    {
        var holds = 0u;
        for (var lane = 0; lane < 32; lane++)
        {
            var (x, y) = (format.Load((ushort)(warp.Lane<uint>(a, lane) >> shift)), format.Load((ushort)(warp.Lane<uint>(b, lane) >> shift)));
            if (compare(x, y)) holds |= 1u << lane;
        }

        return holds;
    }

    private sealed class SetPredicateStep(Func<double, double, bool> compare, HalfFormat format, Slot p, Slot q, Slot a, Slot b, Combination with, bool pair)
        : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            var low = Lanes(warp, compare, format, a, b, 0);
            var other = pair ? Lanes(warp, compare, format, a, b, 16) : ~low;
            var (first, second) = (with.Apply(warp, low), with.Apply(warp, other));
            warp.SetPredicate(p, mask, first);
            warp.SetPredicate(q, mask, second);
        }
    }

    private sealed class SetStep(Func<double, double, bool> compare, HalfFormat format, Slot d, Slot a, Slot b, Combination with, bool pair, uint held) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            var low = with.Apply(warp, Lanes(warp, compare, format, a, b, 0));
            var high = pair ? with.Apply(warp, Lanes(warp, compare, format, a, b, 16)) : 0;
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                warp.Lane<uint>(d, lane) = ((low >> lane & 1) != 0 ? held : 0) | ((high >> lane & 1) != 0 ? held << 16 : 0);
            }
        }
    }
}

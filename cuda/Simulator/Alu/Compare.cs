using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>setp, set, selp and slct.</summary>
internal static class Compare
{
    /// <summary><c>setp</c>: p = (a cmp b) op c, q = !(a cmp b) op c.</summary>
    public static Step SetPredicate(Form form)
    {
        if (HalfCompare.IsHalf(form.FirstType)) return HalfCompare.SetPredicate(form);
        var type = form.Type(Comparison.Types);
        if (type == PtxType.F32) form.Allow([.. Comparison.FloatOperators, "and", "or", "xor", "ftz"]);
        else if (type.IsFloat) form.Allow([.. Comparison.FloatOperators, "and", "or", "xor"]);
        else form.Allow([.. Comparison.IntegerOperators, "and", "or", "xor"]);
        var compare = Comparison.Operator(form, type);
        var with = Combination.Read(form, 3);
        var (p, q) = Destinations(form);
        Slot a = form.In(1, type), b = form.In(2, type);
        return OfNumber<MakeSetPredicate, Step>(type, form.Has("ftz"), compare, new(p, q, a, b, with));
    }

    /// <summary><c>set</c>: all ones, or 1.0 for a floating-point destination, where (a cmp b) op c holds, else zero.</summary>
    public static Step Set(Form form)
    {
        var types = form.At.Types;
        if (types.Count == 2 && (HalfCompare.IsHalf(types[0]) || HalfCompare.IsHalf(types[1]))) return HalfCompare.Set(form);
        if (types.Count != 2 || types[0] is not (PtxType.U32 or PtxType.S32 or PtxType.F32) || Array.IndexOf(Comparison.Types, types[1]) < 0)
            throw form.Error($"{form.At} takes a type u32, s32 or f32 of the result and the type compared");
        var type = types[1];
        if (type == PtxType.F32) form.Allow([.. Comparison.FloatOperators, "and", "or", "xor", "ftz"]);
        else if (type.IsFloat) form.Allow([.. Comparison.FloatOperators, "and", "or", "xor"]);
        else form.Allow([.. Comparison.IntegerOperators, "and", "or", "xor"]);
        var compare = Comparison.Operator(form, type);
        var with = Combination.Read(form, 3);
        Slot d = form.Out(0, types[0]), a = form.In(1, type), b = form.In(2, type);
        return SetBits(form, type, compare, d, a, b, with, types[0] == PtxType.F32 ? BitConverter.SingleToUInt32Bits(1) : uint.MaxValue);
    }

    /// <summary>d = <paramref name="held"/> where (a cmp b) op c holds, else zero.</summary>
    public static Step SetBits(Form form, PtxType type, string compare, Slot d, Slot a, Slot b, Combination with, uint held) =>
        OfNumber<MakeSet, Step>(type, form.Has("ftz"), compare, new(d, a, b, with, held));

    /// <summary><c>selp</c>: d = p ? a : b.</summary>
    public static Step Select(Form form)
    {
        form.Allow();
        form.Count(4);
        var type = form.Type(Comparison.Types);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        var (p, negated) = form.InPredicate(3);
        return type.Size switch
        {
            2 => new SelectStep<ushort>(d, a, b, p, negated),
            4 => new SelectStep<uint>(d, a, b, p, negated),
            _ => new SelectStep<ulong>(d, a, b, p, negated),
        };
    }

    /// <summary><c>slct</c>: d = c &gt;= 0 ? a : b; b if c is NaN.</summary>
    public static Step SelectBySign(Form form)
    {
        var types = form.At.Types;
        if (types.Count != 2 || Array.IndexOf(Comparison.Types, types[0]) < 0 || types[1] is not (PtxType.S32 or PtxType.F32))
            throw form.Error($"{form.At} takes the type of the result and s32 or f32");
        if (types[1] == PtxType.F32) form.Allow("ftz");
        else form.Allow();
        form.Count(4);
        Slot d = form.Out(0, types[0]), a = form.In(1, types[0]), b = form.In(2, types[0]), c = form.In(3, types[1]);
        return types[0].Size switch
        {
            2 => BySign<ushort>(types[1], form.Has("ftz"), d, a, b, c),
            4 => BySign<uint>(types[1], form.Has("ftz"), d, a, b, c),
            _ => BySign<ulong>(types[1], form.Has("ftz"), d, a, b, c),
        };
    }

    /// <summary>The destinations p and q of <c>setp</c>; q is scratch if it is not wanted.</summary>
    public static (Slot P, Slot Q) Destinations(Form form)
    {
        switch (form.At.Operands[0])
        {
            case SinkOperand:
                return (form.Compiler.Scratch(0), form.Compiler.Scratch(0));
            case RegisterOperand { Register.Type: PtxType.Pred, Negated: false } r when r.Second is null or { Type: PtxType.Pred }:
                return (form.Compiler.Write(r.Register), r.Second is null ? form.Compiler.Scratch(0) : form.Compiler.Write(r.Second));
            default:
                throw form.Error($"{form.At} writes a predicate p or two, p|q");
        }
    }

    private static TResult OfNumber<TVisitor, TResult>(PtxType type, bool flush, string compare, TVisitor visitor) where TVisitor : INumberVisitor<TResult> =>
        Comparison.Of<ByType<TVisitor, TResult>, TResult>(compare, new(type, flush, visitor));

    /// <summary>Something to be made for a comparison of a number type.</summary>
    private interface INumberVisitor<out TResult>
    {
        TResult Visit<T, TCompare, TFlush>() where T : unmanaged, INumber<T> where TCompare : struct, Comparison.ICompare where TFlush : IFlag;
    }

    private readonly record struct ByType<TVisitor, TResult>(PtxType Type, bool Flush, TVisitor Visitor) : Comparison.IVisitor<TResult>
        where TVisitor : INumberVisitor<TResult>
    {
        public TResult Visit<TCompare>() where TCompare : struct, Comparison.ICompare => Type switch
        {
            PtxType.F32 when Flush => Visitor.Visit<float, TCompare, Yes>(),
            PtxType.F32 => Visitor.Visit<float, TCompare, No>(),
            PtxType.F64 => Visitor.Visit<double, TCompare, No>(),
            PtxType.S16 => Visitor.Visit<short, TCompare, No>(),
            PtxType.S32 => Visitor.Visit<int, TCompare, No>(),
            PtxType.S64 => Visitor.Visit<long, TCompare, No>(),
            _ when Type.Size == 2 => Visitor.Visit<ushort, TCompare, No>(),
            _ when Type.Size == 8 => Visitor.Visit<ulong, TCompare, No>(),
            _ => Visitor.Visit<uint, TCompare, No>(),
        };
    }

    private readonly record struct MakeSetPredicate(Slot P, Slot Q, Slot A, Slot B, Combination With) : INumberVisitor<Step>
    {
        public Step Visit<T, TCompare, TFlush>() where T : unmanaged, INumber<T> where TCompare : struct, Comparison.ICompare where TFlush : IFlag =>
            new SetPredicateStep<T, TCompare, TFlush>(P, Q, A, B, With);
    }

    private readonly record struct MakeSet(Slot D, Slot A, Slot B, Combination With, uint Held) : INumberVisitor<Step>
    {
        public Step Visit<T, TCompare, TFlush>() where T : unmanaged, INumber<T> where TCompare : struct, Comparison.ICompare where TFlush : IFlag =>
            new SetStep<T, TCompare, TFlush>(D, A, B, With, Held);
    }

    private sealed class SetPredicateStep<T, TCompare, TFlush>(Slot p, Slot q, Slot a, Slot b, Combination with) : Step
        where T : unmanaged, INumber<T>
        where TCompare : struct, Comparison.ICompare
        where TFlush : IFlag
    {
        public override void Execute(Warp warp, uint mask)
        {
            var holds = CompareLanes<T, TCompare, TFlush>(warp, a, b);
            var (first, second) = (with.Apply(warp, holds), with.Apply(warp, ~holds));
            warp.SetPredicate(p, mask, first);
            warp.SetPredicate(q, mask, second);
        }
    }

    private sealed class SetStep<T, TCompare, TFlush>(Slot d, Slot a, Slot b, Combination with, uint held) : Step
        where T : unmanaged, INumber<T>
        where TCompare : struct, Comparison.ICompare
        where TFlush : IFlag
    {
        public override void Execute(Warp warp, uint mask)
        {
            var holds = with.Apply(warp, CompareLanes<T, TCompare, TFlush>(warp, a, b));
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                warp.Lane<uint>(d, lane) = (holds >> lane & 1) != 0 ? held : 0;
            }
        }
    }

    /// <summary>One bit per lane; lanes that hold no value give any bit, nobody looks at it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe uint CompareLanes<T, TCompare, TFlush>(Warp warp, Slot a, Slot b)
        where T : unmanaged, INumber<T>
        where TCompare : struct, Comparison.ICompare
        where TFlush : IFlag
    {
        byte* left = warp.File + a.Offset, right = warp.File + b.Offset;
        int stepA = a.Stride, stepB = b.Stride;
        var holds = 0u;
        if (!TFlush.On && stepA == sizeof(T) && stepB == sizeof(T))
        {
            for (var lane = 0; lane < 32; lane += Vector256<T>.Count)
                holds |= TCompare.Lanes(Vector256.Load((T*)left + lane), Vector256.Load((T*)right + lane)).ExtractMostSignificantBits() << lane;
            return holds;
        }

        for (var lane = 0; lane < 32; lane++)
        {
            T x = *(T*)(left + lane * stepA), y = *(T*)(right + lane * stepB);
            if (TFlush.On) (x, y) = (Flush(x), Flush(y));
            if (TCompare.Holds(x, y)) holds |= 1u << lane;
        }

        return holds;
    }

    private static T Flush<T>(T x) where T : unmanaged => Unsafe.BitCast<float, T>(FloatMaps.Flush(Unsafe.BitCast<T, float>(x)));

    private sealed unsafe class SelectStep<T>(Slot d, Slot a, Slot b, Slot p, bool negated) : Step where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Execute(Warp warp, uint mask)
        {
            var chosen = warp.Predicate(p) ^ (negated ? uint.MaxValue : 0);
            byte* to = warp.File + d.Offset, yes = warp.File + a.Offset, no = warp.File + b.Offset;
            int step = d.Stride, stepA = a.Stride, stepB = b.Stride;
            if (step == sizeof(T) && stepA == step && stepB == step)
            {
                for (var lane = 0; lane < 32; lane += Vector256<T>.Count)
                {
                    var value = Vector256.ConditionalSelect(VectorLanes.Mask<T>(chosen, lane), Vector256.Load((T*)yes + lane), Vector256.Load((T*)no + lane));
                    VectorLanes.Store((T*)to + lane, value, mask, lane);
                }

                return;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                *(T*)(to + lane * step) = (chosen >> lane & 1) != 0 ? *(T*)(yes + lane * stepA) : *(T*)(no + lane * stepB);
            }
        }
    }

    private static Step BySign<T>(PtxType type, bool flush, Slot d, Slot a, Slot b, Slot c) where T : unmanaged => (type, flush) switch
    {
        (PtxType.S32, _) => new MapStep<T, T, int, T, ByInteger<T>>(d, a, b, c),
        (_, true) => new MapStep<T, T, float, T, BySingle<T, Yes>>(d, a, b, c),
        _ => new MapStep<T, T, float, T, BySingle<T, No>>(d, a, b, c),
    };

    private readonly struct ByInteger<T> : IMap<T, T, int, T>
    {
        public static T Apply(T a, T b, int c) => c >= 0 ? a : b;
    }

    /// <summary>−0 counts as +0, and so does a negative subnormal if flushed.</summary>
    private readonly struct BySingle<T, TFlush> : IMap<T, T, float, T> where TFlush : IFlag
    {
        public static T Apply(T a, T b, float c) => (TFlush.On ? FloatMaps.Flush(c) : c) >= 0 ? a : b;
    }
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>and, or, xor, not, cnot, shl, shr, of words and of predicates.</summary>
internal static class Bitwise
{
    /// <summary><c>and</c>, <c>or</c>, <c>xor</c>.</summary>
    public static Step Logic(Form form)
    {
        form.Allow();
        form.Count(3);
        var type = form.Type(PtxType.Pred, PtxType.B16, PtxType.B32, PtxType.B64);
        if (type == PtxType.Pred)
        {
            var d = form.OutPredicate(0);
            var ((a, notA), (b, notB)) = (form.InPredicate(1), form.InPredicate(2));
            return new PredicateStep(form.At.Opcode, d, a, notA, b, notB);
        }

        return AluSteps.OfInteger<LogicOf, Step>(type, new(form.At.Opcode, form.Out(0, type), form.In(1, type), form.In(2, type)));
    }

    /// <summary><c>not</c>, <c>cnot</c>.</summary>
    public static Step Not(Form form)
    {
        form.Allow();
        form.Count(2);
        if (form.At.Opcode == "not" && form.FirstType == PtxType.Pred)
        {
            form.Type(PtxType.Pred);
            var d = form.OutPredicate(0);
            var (a, notA) = form.InPredicate(1);
            return new PredicateStep("mov", d, a, !notA, a, false);
        }

        var type = form.Type(Form.Bits);
        return AluSteps.OfInteger<NotOf, Step>(type, new(form.At.Opcode == "cnot", form.Out(0, type), form.In(1, type)));
    }

    /// <summary><c>shl</c>, <c>shr</c>: the amount is 32 bits and not taken modulo the width.</summary>
    public static Step Shift(Form form)
    {
        form.Allow();
        form.Count(3);
        var left = form.At.Opcode == "shl";
        var type = left
            ? form.Type(Form.Bits)
            : form.Type(PtxType.B16, PtxType.B32, PtxType.B64, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, PtxType.U32);
        if (type.Size == 4 && !type.IsSigned)
            return left ? AluSteps.Binary<uint, BitMaps.ShiftLeft32>(d, a, b) : AluSteps.Binary<uint, BitMaps.ShiftRight32>(d, a, b);
        return AluSteps.OfInteger<ShiftOf, Step>(type, new(left, d, a, b));
    }

    /// <summary><c>mov.pred</c>.</summary>
    public static Step MovePredicate(Form form)
    {
        form.Allow();
        form.Count(2);
        var d = form.OutPredicate(0);
        var (a, notA) = form.InPredicate(1);
        return new PredicateStep("mov", d, a, notA, a, false);
    }

    private sealed class PredicateStep(string opcode, Slot d, Slot a, bool notA, Slot b, bool notB) : Step
    {
        private readonly char _operation = opcode[0];
        private readonly uint _flipA = notA ? uint.MaxValue : 0;
        private readonly uint _flipB = notB ? uint.MaxValue : 0;

        public override void Execute(Warp warp, uint mask)
        {
            uint left = warp.Predicate(a) ^ _flipA, right = warp.Predicate(b) ^ _flipB;
            warp.SetPredicate(d, mask, _operation switch
            {
                'a' => left & right,
                'o' => left | right,
                'x' => left ^ right,
                _ => left,
            });
        }
    }

    private readonly record struct LogicOf(string Opcode, Slot D, Slot A, Slot B) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Opcode switch
        {
            "and" => AluSteps.Binary<T, BitMaps.And<T>>(D, A, B),
            "or" => AluSteps.Binary<T, BitMaps.Or<T>>(D, A, B),
            _ => AluSteps.Binary<T, BitMaps.Xor<T>>(D, A, B),
        };
    }

    private readonly record struct NotOf(bool Logical, Slot D, Slot A) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Logical ? new MapStep<T, T, BitMaps.LogicalNot<T>>(D, A) : AluSteps.Unary<T, BitMaps.Not<T>>(D, A);
    }

    private readonly record struct ShiftOf(bool Left, Slot D, Slot A, Slot B) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            Left ? new MapStep<T, uint, T, BitMaps.ShiftLeft<T>>(D, A, B) : new MapStep<T, uint, T, BitMaps.ShiftRight<T>>(D, A, B);
    }
}

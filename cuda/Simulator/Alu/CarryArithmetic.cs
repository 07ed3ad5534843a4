using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Extended-precision add, sub and mad: <c>add.cc</c>, <c>addc</c>, <c>sub.cc</c>, <c>subc</c>, <c>mad.cc</c>, <c>madc</c>. The carry flag (<c>CC.CF</c>) is a hidden
/// predicate register; subtraction sets it on borrow.
/// </summary>
internal static class CarryArithmetic
{
    private static readonly PtxRegister Flag = new("the carry flag", PtxType.Pred, -1);

    /// <summary><c>add.cc</c>, <c>addc</c>, <c>sub.cc</c>, <c>subc</c>.</summary>
    public static Step AddOrSubtract(Form form)
    {
        form.Allow("cc");
        form.Count(3);
        var type = form.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type);
        bool reads = form.At.Opcode is "addc" or "subc", subtracts = form.At.Opcode is "sub" or "subc";
        var carryIn = reads ? form.Compiler.Read(form.At, new RegisterOperand(Flag), PtxType.Pred) : default;
        var carryOut = form.Has("cc") ? form.Compiler.Write(Flag) : form.Compiler.Scratch(0);
        return type.Size == 4
            ? new AddStep<uint>(d, a, b, carryIn, carryOut, reads, subtracts)
            : new AddStep<ulong>(d, a, b, carryIn, carryOut, reads, subtracts);
    }

    /// <summary><c>mad.cc</c>, <c>madc</c>.</summary>
    public static Step MultiplyAdd(Form form)
    {
        form.Allow("lo", "hi", "cc");
        form.Count(4);
        var high = (form.OneOf("lo", "hi") ?? throw form.Error($"{form.At} needs .lo or .hi")) == "hi";
        var type = form.Type(PtxType.U32, PtxType.S32, PtxType.U64, PtxType.S64);
        Slot d = form.Out(0, type), a = form.In(1, type), b = form.In(2, type), c = form.In(3, type);
        var reads = form.At.Opcode == "madc";
        var carryIn = reads ? form.Compiler.Read(form.At, new RegisterOperand(Flag), PtxType.Pred) : default;
        var carryOut = form.Has("cc") ? form.Compiler.Write(Flag) : form.Compiler.Scratch(0);
        return type switch
        {
            PtxType.U32 => new MultiplyAddStep<uint>(d, a, b, c, carryIn, carryOut, reads, high),
            PtxType.S32 => new MultiplyAddStep<int>(d, a, b, c, carryIn, carryOut, reads, high),
            PtxType.U64 => new MultiplyAddStep<ulong>(d, a, b, c, carryIn, carryOut, reads, high),
            _ => new MultiplyAddStep<long>(d, a, b, c, carryIn, carryOut, reads, high),
        };
    }

    /// <summary>Sum with carry in and out, of two words without sign.</summary>
    public static T Add<T>(T a, T b, bool carryIn, out bool carryOut) where T : unmanaged, IBinaryInteger<T>
    {
        var sum = unchecked(a + b);
        carryOut = sum < a;
        if (!carryIn) return sum;
        sum = unchecked(sum + T.One);
        carryOut |= sum == T.Zero;
        return sum;
    }

    /// <summary>Difference with borrow in and out, of two words without sign.</summary>
    public static T Subtract<T>(T a, T b, bool borrowIn, out bool borrowOut) where T : unmanaged, IBinaryInteger<T>
    {
        borrowOut = a < b || (borrowIn && a == b);
        return unchecked(a - b - (borrowIn ? T.One : T.Zero));
    }

    private sealed class AddStep<T>(Slot d, Slot a, Slot b, Slot carryIn, Slot carryOut, bool reads, bool subtracts) : Step
        where T : unmanaged, IBinaryInteger<T>
    {
        public override void Execute(Warp warp, uint mask)
        {
            var carries = 0u;
            var before = reads ? warp.Predicate(carryIn) : 0;
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                T left = warp.Lane<T>(a, lane), right = warp.Lane<T>(b, lane);
                var carry = ((before >> lane) & 1) != 0;
                warp.Lane<T>(d, lane) = subtracts ? Subtract(left, right, carry, out carry) : Add(left, right, carry, out carry);
                if (carry) carries |= 1u << lane;
            }

            warp.SetPredicate(carryOut, mask, carries);
        }
    }

    private sealed class MultiplyAddStep<T>(Slot d, Slot a, Slot b, Slot c, Slot carryIn, Slot carryOut, bool reads, bool high) : Step
        where T : unmanaged, IBinaryInteger<T>
    {
        public override void Execute(Warp warp, uint mask)
        {
            var carries = 0u;
            var before = reads ? warp.Predicate(carryIn) : 0;
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rest);
                T left = warp.Lane<T>(a, lane), right = warp.Lane<T>(b, lane);
                var product = high ? IntegerMaps.MultiplyHigh<T>.Apply(left, right) : unchecked(left * right);
                var addend = warp.Lane<T>(c, lane);
                var carry = ((before >> lane) & 1) != 0;
                var sum = Unsafe.SizeOf<T>() == 4
                    ? T.CreateTruncating(Add(uint.CreateTruncating(product), uint.CreateTruncating(addend), carry, out carry))
                    : T.CreateTruncating(Add(ulong.CreateTruncating(product), ulong.CreateTruncating(addend), carry, out carry));
                warp.Lane<T>(d, lane) = sum;
                if (carry) carries |= 1u << lane;
            }

            warp.SetPredicate(carryOut, mask, carries);
        }
    }
}

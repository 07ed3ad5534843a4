using System.Numerics;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Steps of <see cref="FloatConversion"/>, with short ways for the conversions kernels spend their time in.</summary>
internal static class FloatConvertStep
{
    /// <summary>d = convert(a).</summary>
    public static Step Make(Slot d, Slot a, FloatConversion conversion)
    {
        var plain = conversion is { Flush: false, Clamp: Saturation.None };
        return (conversion.To, conversion.From, conversion.Rounding, conversion.Integral) switch
        {
            (PtxType.F32, PtxType.BF16, _, null) when plain => AluSteps.Unary<uint, Widen>(d, a),
            (PtxType.BF16, PtxType.F32, RoundingMode.Nearest, null) when plain => AluSteps.Unary<uint, Round>(d, a),
            (PtxType.F32, PtxType.S32, RoundingMode.Nearest, null) when plain => new MapStep<int, float, FromInt>(d, a),
            (PtxType.F32, PtxType.U32, RoundingMode.Nearest, null) when plain => new MapStep<uint, float, FromUInt>(d, a),
            _ => new AnyStep(d, a, conversion),
        };
    }

    /// <summary>d = {convert(b), convert(a)}: a in the upper half.</summary>
    public static Step MakePair(Slot d, Slot a, Slot b, FloatConversion conversion) =>
        conversion is { To: PtxType.BF16, Rounding: RoundingMode.Nearest, Clamp: Saturation.None }
            ? AluSteps.Binary<uint, RoundPair>(d, a, b)
            : new PairStep(d, a, b, conversion);

    private sealed class AnyStep(Slot d, Slot a, FloatConversion conversion) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                var result = conversion.Apply(Load(warp, lane));
                if (d.Stride >= 8) warp.Lane<ulong>(d, lane) = result;
                else warp.Lane<uint>(d, lane) = (uint)result;
            }
        }

        private ulong Load(Warp warp, int lane) => conversion.From switch
        {
            PtxType.U8 => warp.Lane<byte>(a, lane),
            PtxType.S8 => (ulong)warp.Lane<sbyte>(a, lane),
            PtxType.S16 => (ulong)warp.Lane<short>(a, lane),
            PtxType.S32 => (ulong)warp.Lane<int>(a, lane),
            PtxType.U16 or PtxType.F16 or PtxType.BF16 => warp.Lane<ushort>(a, lane),
            PtxType.U64 or PtxType.S64 or PtxType.F64 => warp.Lane<ulong>(a, lane),
            _ => warp.Lane<uint>(a, lane),
        };
    }

    private sealed class PairStep(Slot d, Slot a, Slot b, FloatConversion conversion) : Step
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                var (high, low) = (conversion.Apply(warp.Lane<uint>(a, lane)), conversion.Apply(warp.Lane<uint>(b, lane)));
                warp.Lane<uint>(d, lane) = (uint)((high << 16) | low);
            }
        }
    }

    private readonly struct FromInt : IMap<int, float>
    {
        public static float Apply(int a) => a;
    }

    private readonly struct FromUInt : IMap<uint, float>
    {
        public static float Apply(uint a) => (long)a;
    }

    /// <summary>bfloat16 to binary32: exact, the payload of NaN stays.</summary>
    private readonly struct Widen : IVectorUnary<uint>
    {
        public static uint Apply(uint a) => a << 16;
        public static Vector256<uint> Apply(Vector256<uint> a) => a << 16;
    }

    /// <summary>binary32 to bfloat16, nearest even; NaN is 0x7FFF.</summary>
    private readonly struct Round : IVectorUnary<uint>
    {
        public static uint Apply(uint a) => (a & 0x7FFFFFFF) > 0x7F800000 ? 0x7FFF : (a + 0x7FFF + ((a >> 16) & 1)) >> 16;

        public static Vector256<uint> Apply(Vector256<uint> a)
        {
            var rounded = (a + Vector256.Create(0x7FFFu) + ((a >> 16) & Vector256<uint>.One)) >> 16;
            var number = Vector256.Equals(a.AsSingle(), a.AsSingle()).AsUInt32();
            return Vector256.ConditionalSelect(number, rounded, Vector256.Create(0x7FFFu));
        }
    }

    private readonly struct RoundPair : IVectorBinary<uint>
    {
        public static uint Apply(uint a, uint b) => (Round.Apply(a) << 16) | Round.Apply(b);
        public static Vector256<uint> Apply(Vector256<uint> a, Vector256<uint> b) => (Round.Apply(a) << 16) | Round.Apply(b);
    }
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Conversion between integer types. The result is sign- or zero-extended to the whole register, which may be wider than its type.
/// </summary>
internal static class IntegerConvertStep
{
    /// <summary>Makes a step.</summary>
    public static Step Make(Slot d, Slot a, PtxType to, PtxType from, bool saturate) =>
        AluSteps.OfInteger<From, Step>(from, new(d, a, to, saturate));

    private readonly record struct From(Slot D, Slot A, PtxType To, bool Saturate) : IIntegerVisitor<Step>
    {
        public Step Visit<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            if (Saturate || To.Size < Math.Min(D.Stride, 4)) return new AnyStep<T>(D, A, To, Saturate);
            return (To.Size < D.Stride, D.Stride, To.IsSigned) switch
            {
                (false, 8, _) => new MapStep<T, ulong, Truncate<T, ulong>>(D, A),
                (false, _, _) => new MapStep<T, uint, Truncate<T, uint>>(D, A),
                _ => new AnyStep<T>(D, A, To, Saturate),
            };
        }
    }

    private readonly struct Truncate<TFrom, TTo> : IMap<TFrom, TTo> where TFrom : unmanaged, IBinaryInteger<TFrom> where TTo : unmanaged, IBinaryInteger<TTo>
    {
        public static TTo Apply(TFrom a) => TTo.CreateTruncating(a);
    }

    private sealed class AnyStep<T>(Slot d, Slot a, PtxType to, bool saturate) : Step where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public override void Execute(Warp warp, uint mask)
        {
            var signed = T.MinValue < T.Zero;
            for (; mask != 0; mask &= mask - 1)
            {
                var lane = BitOperations.TrailingZeroCount(mask);
                var value = Conversion.ToInteger(ulong.CreateTruncating(warp.Lane<T>(a, lane)), signed, to, saturate);
                if (d.Stride >= 8) warp.Lane<ulong>(d, lane) = value;
                else warp.Lane<uint>(d, lane) = (uint)value;
            }
        }
    }
}

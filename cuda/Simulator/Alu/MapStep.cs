using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>d = f(a) for every lane. Lanes are a slot's stride apart, so a register wider than the type is read and written in its low bytes.</summary>
/// <remarks>Kernels under test are short: the loops are compiled optimised at once instead of when they have proved hot.</remarks>
internal sealed unsafe class MapStep<TA, TResult, TMap>(Slot d, Slot a, int flops = 0) : Step
    where TA : unmanaged
    where TResult : unmanaged
    where TMap : struct, IMap<TA, TResult>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        byte* to = warp.File + d.Offset, from = warp.File + a.Offset;
        int step = d.Stride, stepA = a.Stride;
        if (mask == uint.MaxValue)
        {
            for (var lane = 0; lane < 32; lane++) *(TResult*)(to + lane * step) = TMap.Apply(*(TA*)(from + lane * stepA));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            *(TResult*)(to + lane * step) = TMap.Apply(*(TA*)(from + lane * stepA));
        }
    }
}

/// <summary>d = f(a, b) for every lane.</summary>
internal sealed unsafe class MapStep<TA, TB, TResult, TMap>(Slot d, Slot a, Slot b, int flops = 0) : Step
    where TA : unmanaged
    where TB : unmanaged
    where TResult : unmanaged
    where TMap : struct, IMap<TA, TB, TResult>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        byte* to = warp.File + d.Offset, left = warp.File + a.Offset, right = warp.File + b.Offset;
        int step = d.Stride, stepA = a.Stride, stepB = b.Stride;
        if (mask == uint.MaxValue)
        {
            for (var lane = 0; lane < 32; lane++)
                *(TResult*)(to + lane * step) = TMap.Apply(*(TA*)(left + lane * stepA), *(TB*)(right + lane * stepB));
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            *(TResult*)(to + lane * step) = TMap.Apply(*(TA*)(left + lane * stepA), *(TB*)(right + lane * stepB));
        }
    }
}

/// <summary>d = f(a, b, c) for every lane.</summary>
internal sealed unsafe class MapStep<TA, TB, TC, TResult, TMap>(Slot d, Slot a, Slot b, Slot c, int flops = 0) : Step
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TResult : unmanaged
    where TMap : struct, IMap<TA, TB, TC, TResult>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        byte* to = warp.File + d.Offset, first = warp.File + a.Offset, second = warp.File + b.Offset, third = warp.File + c.Offset;
        int step = d.Stride, stepA = a.Stride, stepB = b.Stride, stepC = c.Stride;
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            *(TResult*)(to + lane * step) =
                TMap.Apply(*(TA*)(first + lane * stepA), *(TB*)(second + lane * stepB), *(TC*)(third + lane * stepC));
        }
    }
}

/// <summary>result = f(a, b, c, d) for every lane.</summary>
internal sealed unsafe class MapStep<TA, TB, TC, TD, TResult, TMap>(Slot result, Slot a, Slot b, Slot c, Slot d) : Step
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TD : unmanaged
    where TResult : unmanaged
    where TMap : struct, IMap<TA, TB, TC, TD, TResult>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            warp.Lane<TResult>(result, lane) =
                TMap.Apply(warp.Lane<TA>(a, lane), warp.Lane<TB>(b, lane), warp.Lane<TC>(c, lane), warp.Lane<TD>(d, lane));
        }
    }
}

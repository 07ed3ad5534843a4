using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>d = f(a), eight 32-bit or four 64-bit lanes at a time; lanes outside the mask keep their value.</summary>
internal sealed unsafe class VectorUnaryStep<T, TMap>(Slot d, Slot a, int flops) : Step
    where T : unmanaged
    where TMap : struct, IVectorUnary<T>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        T* to = warp.At<T>(d), from = warp.At<T>(a);
        for (var lane = 0; lane < 32; lane += Vector256<T>.Count)
            VectorLanes.Store(to + lane, TMap.Apply(Vector256.Load(from + lane)), mask, lane);
    }
}

/// <summary>d = f(a, b), eight 32-bit or four 64-bit lanes at a time.</summary>
internal sealed unsafe class VectorBinaryStep<T, TMap>(Slot d, Slot a, Slot b, int flops) : Step
    where T : unmanaged
    where TMap : struct, IVectorBinary<T>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        T* to = warp.At<T>(d), left = warp.At<T>(a), right = warp.At<T>(b);
        for (var lane = 0; lane < 32; lane += Vector256<T>.Count)
            VectorLanes.Store(to + lane, TMap.Apply(Vector256.Load(left + lane), Vector256.Load(right + lane)), mask, lane);
    }
}

/// <summary>d = f(a, b, c), eight 32-bit or four 64-bit lanes at a time.</summary>
internal sealed unsafe class VectorTernaryStep<T, TMap>(Slot d, Slot a, Slot b, Slot c, int flops) : Step
    where T : unmanaged
    where TMap : struct, IVectorTernary<T>
{
    /// <inheritdoc/>
    public override int FlopsPerLane => flops;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        T* to = warp.At<T>(d), first = warp.At<T>(a), second = warp.At<T>(b), third = warp.At<T>(c);
        for (var lane = 0; lane < 32; lane += Vector256<T>.Count)
        {
            var value = TMap.Apply(Vector256.Load(first + lane), Vector256.Load(second + lane), Vector256.Load(third + lane));
            VectorLanes.Store(to + lane, value, mask, lane);
        }
    }
}

/// <summary>Several neighbouring lanes of a register.</summary>
internal static unsafe class VectorLanes
{
    private static readonly Vector256<uint> Bits32 = Vector256.Create(1u, 2, 4, 8, 16, 32, 64, 128);
    private static readonly Vector256<ulong> Bits64 = Vector256.Create(1ul, 2, 4, 8);

    /// <summary>Writes the lanes of <paramref name="mask"/>; <paramref name="lane"/> is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* to, Vector256<T> value, uint mask, int lane) where T : unmanaged
    {
        if (mask != uint.MaxValue) value = Vector256.ConditionalSelect(Mask<T>(mask, lane), value, Vector256.Load(to));
        value.Store(to);
    }

    /// <summary>All ones in the lanes of <paramref name="mask"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Mask<T>(uint mask, int lane) where T : unmanaged => sizeof(T) == 8
        ? Vector256.Equals(Vector256.Create((ulong)(mask >> lane)) & Bits64, Bits64).As<ulong, T>()
        : Vector256.Equals(Vector256.Create(mask >> lane) & Bits32, Bits32).As<uint, T>();
}

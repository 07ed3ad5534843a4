using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>A pass over arrays: what happens to the elements that one register holds.</summary>
internal interface IPass<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Reads, computes and writes elements [i, i + V.Count).</summary>
    void Run<V>(long i) where V : struct, ISimd<V, T>;
}

/// <summary>y = f(x), elementwise.</summary>
internal interface IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    V Of<V>(V x) where V : struct, ISimd<V, T>;
}

/// <summary>y = f(a, b), elementwise.</summary>
internal interface IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    V Of<V>(V a, V b) where V : struct, ISimd<V, T>;
}

/// <summary>Elementwise driver: owns the loop, the tail, the register width and the split over threads.</summary>
internal static unsafe class Map
{
    /// <summary>Elements per task: some 10 µs of memory traffic, much more than a task costs to hand out.</summary>
    public const int TaskSize = 1 << 14;

    /// <summary>Runs a pass over elements [0, count) on all threads.</summary>
    public static void Run<T, P>(long count, P pass) where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T> =>
        RowParallel.For(checked((int)((count + TaskSize - 1) / TaskSize)), new Job<T, P>(pass, count), static (job, task) => job.Run(task));

    /// <summary>y = f(x) on all threads; y may be x.</summary>
    public static void Run<T, F>(F f, T* x, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnary<T> =>
        Run<T, UnaryPass<T, F>>(count, new(f, x, y));

    /// <summary>y = f(a, b) on all threads; y may be a or b.</summary>
    public static void Run<T, F>(F f, T* a, T* b, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IBinary<T> =>
        Run<T, BinaryPass<T, F>>(count, new(f, a, b, y));

    /// <summary>slot.Grad = slot.Beta · slot.Grad + f(x) on all threads.</summary>
    public static void Run<T, F>(F f, T* x, GradientSlot slot) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnary<T>
    {
        var grad = (T*)slot.Grad.Address;
        if (slot.Beta == 0) Run(f, x, grad, slot.Grad.Count);
        else Run<T, AddUnaryPass<T, F>>(slot.Grad.Count, new(f, x, grad));
    }

    /// <summary>slot.Grad = slot.Beta · slot.Grad + f(a, b) on all threads.</summary>
    public static void Run<T, F>(F f, T* a, T* b, GradientSlot slot) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IBinary<T>
    {
        var grad = (T*)slot.Grad.Address;
        if (slot.Beta == 0) Run(f, a, b, grad, slot.Grad.Count);
        else Run<T, AddBinaryPass<T, F>>(slot.Grad.Count, new(f, a, b, grad));
    }

    /// <summary>Runs a pass over elements [start, end) on this thread at the widest register the processor has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Range<T, P>(P pass, long start, long end) where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        if (Vector512.IsHardwareAccelerated) Range<Simd512<T>, T, P>(pass, start, end);
        else if (Vector256.IsHardwareAccelerated) Range<Simd256<T>, T, P>(pass, start, end);
        else Range<Simd128<T>, T, P>(pass, start, end);
    }

    /// <summary>
    /// Runs a pass over elements [start, end) on this thread: whole registers, then the rest one by one. Never inlined, so that the JIT's budget for
    /// inlining, spent method by method, is there for the pass.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Range<V, T, P>(P pass, long start, long end)
        where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        var i = start;
        for (; i <= end - V.Count; i += V.Count) pass.Run<V>(i);
        for (; i < end; i++) pass.Run<Simd1<T>>(i);
    }

    private readonly struct Job<T, P>(P pass, long count) where T : unmanaged, IFloatingPointIeee754<T> where P : struct, IPass<T>
    {
        public void Run(int task) => Range<T, P>(pass, (long)task * TaskSize, Math.Min(count, (task + 1L) * TaskSize));
    }
}

/// <summary>y[i] = f(x[i]).</summary>
internal readonly unsafe struct UnaryPass<T, F>(F f, T* x, T* y) : IPass<T> where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<V>(long i) where V : struct, ISimd<V, T> => f.Of(V.Load(x + i)).Store(y + i);
}

/// <summary>y[i] += f(x[i]).</summary>
internal readonly unsafe struct AddUnaryPass<T, F>(F f, T* x, T* y) : IPass<T>
    where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<V>(long i) where V : struct, ISimd<V, T> => (V.Load(y + i) + f.Of(V.Load(x + i))).Store(y + i);
}

/// <summary>y[i] = f(a[i], b[i]).</summary>
internal readonly unsafe struct BinaryPass<T, F>(F f, T* a, T* b, T* y) : IPass<T>
    where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<V>(long i) where V : struct, ISimd<V, T> => f.Of(V.Load(a + i), V.Load(b + i)).Store(y + i);
}

/// <summary>y[i] += f(a[i], b[i]).</summary>
internal readonly unsafe struct AddBinaryPass<T, F>(F f, T* a, T* b, T* y) : IPass<T>
    where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IBinary<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<V>(long i) where V : struct, ISimd<V, T> => (V.Load(y + i) + f.Of(V.Load(a + i), V.Load(b + i))).Store(y + i);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>What a sum adds up: the value at each element.</summary>
internal interface ITerm<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The terms of elements [i, i + V.Count).</summary>
    V At<V>(long i) where V : struct, ISimd<V, T>;
}

/// <summary>Work on one row that needs no other row.</summary>
internal interface IRowPass
{
    void Run(long row);
}

/// <summary>Driver of reductions over rows and whole tensors: owns accumulators, tails, register width and the split, which depends on the shape only.</summary>
internal static unsafe class RowReduce
{
    /// <summary>Runs a pass over rows [0, rows) on all threads, rows of about <paramref name="width"/> elements, several to a task when they are short.</summary>
    public static void Rows<P>(long rows, long width, P pass) where P : struct, IRowPass
    {
        var perTask = Math.Max(1, Map.TaskSize / Math.Max(1, width));
        RowParallel.For(checked((int)((rows + perTask - 1) / perTask)), new Job<P>(pass, rows, perTask), static (job, task) => job.Run(task));
    }

    /// <summary>Sum of the terms of elements [start, end) on this thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T, F>(F term, long start, long end) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ITerm<T> =>
        Vector512.IsHardwareAccelerated ? Sum<Simd512<T>, T, F>(term, start, end)
        : Vector256.IsHardwareAccelerated ? Sum<Simd256<T>, T, F>(term, start, end)
        : Sum<Simd128<T>, T, F>(term, start, end);

    /// <summary>Sum of the terms of elements [start, end): four registers of partial sums hide the latency of addition, then the tail one by one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Sum<V, T, F>(F term, long start, long end)
        where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ITerm<T>
    {
        V s0 = V.Of(0), s1 = s0, s2 = s0, s3 = s0;
        var i = start;
        for (; i <= end - 4 * V.Count; i += 4 * V.Count)
        {
            s0 += term.At<V>(i);
            s1 += term.At<V>(i + V.Count);
            s2 += term.At<V>(i + 2 * V.Count);
            s3 += term.At<V>(i + 3 * V.Count);
        }

        for (; i <= end - V.Count; i += V.Count) s0 += term.At<V>(i);
        var sum = ((s0 + s1) + (s2 + s3)).Sum();
        for (; i < end; i++) sum += term.At<Simd1<T>>(i).Sum();
        return sum;
    }

    /// <summary>Largest element of [0, count) on this thread; −∞ for none. NaNs may be passed over.</summary>
    public static T Max<T>(T* x, long count) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector512.IsHardwareAccelerated ? Max<Simd512<T>, T>(x, count)
        : Vector256.IsHardwareAccelerated ? Max<Simd256<T>, T>(x, count)
        : Max<Simd128<T>, T>(x, count);

    /// <inheritdoc cref="Max{T}(T*, long)"/>
    public static T Max<V, T>(T* x, long count) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        V m0 = V.All(T.NegativeInfinity), m1 = m0;
        long i = 0;
        for (; i <= count - 2 * V.Count; i += 2 * V.Count)
        {
            m0 = V.Max(m0, V.Load(x + i));
            m1 = V.Max(m1, V.Load(x + i + V.Count));
        }

        for (; i <= count - V.Count; i += V.Count) m0 = V.Max(m0, V.Load(x + i));
        var max = V.Max(m0, m1).Largest();
        for (; i < count; i++) max = x[i] > max ? x[i] : max;
        return max;
    }

    /// <summary>
    /// Sum of the terms of elements [0, count) on all threads, in two stages: one partial sum per fixed block, then the partial sums in order, in float64.
    /// </summary>
    public static double Total<T, F>(F term, long count, Device device) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ITerm<T>
    {
        var blocks = checked((int)((count + Map.TaskSize - 1) / Map.TaskSize));
        using var scope = Scope.Enter();
        var partial = Tensor.Empty([blocks], DType.F64, device);
        RowParallel.For(blocks, new TotalJob<T, F>(term, count, (double*)partial.Address), static (job, block) => job.Run(block));
        var total = 0.0;
        foreach (var sum in partial.Span<double>()) total += sum;
        return total;
    }

    private readonly struct Job<P>(P pass, long rows, long perTask) where P : struct, IRowPass
    {
        public void Run(int task)
        {
            var end = Math.Min(rows, (task + 1) * perTask);
            for (var row = task * perTask; row < end; row++) pass.Run(row);
        }
    }

    private readonly struct TotalJob<T, F>(F term, long count, double* partial)
        where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ITerm<T>
    {
        public void Run(int block) =>
            partial[block] = double.CreateChecked(Sum<T, F>(term, (long)block * Map.TaskSize, Math.Min(count, (block + 1L) * Map.TaskSize)));
    }
}

/// <summary>x[i].</summary>
internal readonly unsafe struct Element<T>(T* x) : ITerm<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At<V>(long i) where V : struct, ISimd<V, T> => V.Load(x + i);
}

/// <summary>a[i] · b[i].</summary>
internal readonly unsafe struct Product<T>(T* a, T* b) : ITerm<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At<V>(long i) where V : struct, ISimd<V, T> => V.Load(a + i) * V.Load(b + i);
}

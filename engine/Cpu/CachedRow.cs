using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Attention of single query rows over a cache, a task per row and head: logits, softmax and the weighted sum of the values one after the other, keys and values
/// read once. Tiles would compute many rows to use one.
/// </summary>
internal readonly unsafe struct CachedRow<T>(AttentionProblem<T> problem, T* a, T* m, nint tableHeadA, nint tableHeadM, HeadRows<T> output, T* logits) : IRowPass
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Runs every row; <paramref name="logits"/> has room for <see cref="AttentionProblem{T}.End"/> numbers per row, head and batch entry.</summary>
    public static void Run(in AttentionProblem<T> problem, Tensor a, Tensor m, HeadRows<T> output, Tensor logits) =>
        RowReduce.Rows((long)problem.Batch * problem.Count * problem.Heads, 2L * problem.End * problem.HeadDim, new CachedRow<T>(problem, (T*)a.Address, (T*)m.Address,
            a.Shape[0] == 1 ? 0 : a.Shape[1], m.Shape[0] == 1 ? 0 : m.Shape[1], output, (T*)logits.Address));

    public void Run(long task)
    {
        var (rows, head) = Math.DivRem(task, problem.Heads);
        var (batch, row) = Math.DivRem((int)rows, problem.Count);
        int h = (int)head, d = problem.HeadDim, position = problem.First + row, count = position + 1;
        T* q = problem.Queries.At(batch, h, row), p = logits + task * problem.End, y = output.At(batch, h, row);
        T* factor = a + h * tableHeadA, shift = m + h * tableHeadM;
        var scale = problem.ScaleOf(h, position) / T.Sqrt(T.CreateChecked(d));
        for (var j = 0; j < count; j++)
        {
            var product = RowReduce.Sum<T, Product<T>>(new(q, problem.Keys.At(batch, h, j)), 0, d);
            p[j] = factor[position - j] * scale * product + shift[position - j];
        }

        var max = RowReduce.Max(p, count);
        new Span<T>(y, d).Clear();
        // Every position is hidden.
        if (T.IsNegativeInfinity(max)) return;
        Map.Range<T, UnaryPass<T, ExpOfDifference>>(new(new(max), p, p), 0, count);
        var inverse = T.One / RowReduce.Sum<T, Element<T>>(new(p), 0, count);
        for (var j = 0; j < count; j++) Map.Range<T, AddScaled>(new(p[j] * inverse, problem.Values.At(batch, h, j), y), 0, d);
    }

    private readonly struct ExpOfDifference(T max) : IUnary<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => VectorMath.Exp<V, T>(x - V.All(max));
    }

    /// <summary>y += factor · x.</summary>
    private readonly struct AddScaled(T factor, T* x, T* y) : IPass<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<V>(long i) where V : struct, ISimd<V, T> => V.Fma(V.All(factor), V.Load(x + i), V.Load(y + i)).Store(y + i);
    }
}

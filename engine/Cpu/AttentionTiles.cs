using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Tile geometry of attention and the packing of rows into tiles.</summary>
internal static unsafe class AttentionTiles
{
    /// <summary>Queries and keys per tile: a tile of f32 logits is 16 KiB, half an L1 cache.</summary>
    public const int Size = 64;

    /// <summary>ln 2.</summary>
    public static T Ln2<T>() where T : IBinaryFloatingPointIeee754<T> => T.CreateTruncating(0.6931471805599453);

    /// <summary>Smallest multiple of <paramref name="step"/>, a power of two, that is at least <paramref name="x"/>.</summary>
    public static int RoundUp(int x, int step) => (x + step - 1) & -step;

    /// <summary>
    /// Elements from one row of a tile to the next: an odd number of cache lines, at least <paramref name="columns"/> elements, so that going down a column
    /// of the tile uses every set of the L1 cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Stride<T>(int columns) where T : unmanaged
    {
        var line = 64 / sizeof(T);
        return (((columns + line - 1) / line) | 1) * line;
    }

    /// <summary>Elements of a row that a product may read: whole vectors of any width.</summary>
    private static int Padded<T>(int depth) where T : unmanaged => RoundUp(depth, 64 / sizeof(T));

    /// <summary>Copies <paramref name="count"/> rows of <paramref name="depth"/> to a tile of <see cref="Size"/> rows; pads with zeros up to a whole vector and a whole tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* source, nint sourceRow, int count, int depth, T* tile, int stride) where T : unmanaged
    {
        var whole = Padded<T>(depth);
        for (var r = 0; r < count; r++)
        {
            T* from = source + r * sourceRow, to = tile + r * stride;
            nint k = 0;
            for (; k <= depth - Vector<T>.Count; k += Vector<T>.Count) Vector.Store(Vector.Load(from + k), to + k);
            for (; k < depth; k++) to[k] = from[k];
            for (; k < whole; k++) to[k] = default;
        }

        new Span<T>(tile + count * stride, (Size - count) * stride).Clear();
    }

    /// <summary>Elements of a tile of keys and one of values.</summary>
    public static nint PairElements<T>(int headDim) where T : unmanaged => (nint)2 * Size * Stride<T>(headDim);

    /// <summary>Copies a tile of keys and behind it the values of the same positions.</summary>
    public static void CopyPair<T>(in AttentionProblem<T> p, int batch, int head, int tile, T* pair) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (start, stride) = (tile * Size, Stride<T>(p.HeadDim));
        var count = Math.Min(Size, p.End - start);
        Copy(p.Keys.At(batch, head, start), p.Keys.Row, count, p.HeadDim, pair, stride);
        Copy(p.Values.At(batch, head, start), p.Values.Row, count, p.HeadDim, pair + Size * stride, stride);
    }

    /// <summary>r[h, i] / sqrt(D) · q of a query tile as padded rows; <paramref name="factors"/> gets r[h, i] / sqrt(D) itself, 0 for padding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadQueries<T>(in AttentionProblem<T> p, int batch, int head, int tile, T* rows, int stride, T* factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scale = T.One / T.Sqrt(T.CreateTruncating(p.HeadDim));
        var whole = Padded<T>(p.HeadDim);
        for (var r = 0; r < Size; r++)
        {
            var i = tile * Size + r;
            var row = rows + r * stride;
            var present = i >= p.First && i < p.End;
            factors[r] = present ? p.ScaleOf(head, i) * scale : T.Zero;
            if (present) StoreRow(p.Queries.At(batch, head, i - p.First), p.HeadDim, factors[r], row, T.Zero);
            for (var k = present ? p.HeadDim : 0; k < whole; k++) row[k] = T.Zero;
        }
    }

    /// <summary>
    /// dO of a query tile as padded rows and transposed, and per query log2(e) · logsumexp and rowsum(dO ∘ O). Padding gets a logsumexp that makes its
    /// probabilities 0 whatever the tables say.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LoadUpstream<T>(in AttentionProblem<T> p, HeadRows<T> upstream, HeadRows<T> output, T* allLogsumexp, int batch, int head, int tile, T* rows, int stride,
        T* transposed, T* logsumexp, T* dot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var log2E = T.One / Ln2<T>();
        var (start, count) = (tile * Size, Math.Min(Size, p.End - tile * Size));
        Copy(upstream.At(batch, head, start), upstream.Row, count, p.HeadDim, rows, stride);
        Transpose(rows, stride, p.HeadDim, T.One, transposed);
        new Span<T>(logsumexp, Size).Fill(T.CreateTruncating(1e30));
        new Span<T>(dot, Size).Clear();
        for (var r = 0; r < count; r++)
        {
            logsumexp[r] = allLogsumexp[((nint)batch * p.Heads + head) * p.Count + start + r] * log2E;
            dot[r] = TensorPrimitives.Dot(new ReadOnlySpan<T>(rows + r * stride, p.HeadDim), new ReadOnlySpan<T>(output.At(batch, head, start + r), p.HeadDim));
        }
    }

    /// <summary>tile[d, r] = rows[r, d] · factor for a padded tile of <see cref="Size"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T* rows, int stride, int depth, T factor, T* tile) where T : unmanaged, INumberBase<T>
    {
        var tileStride = Stride<T>(Size);
        Transposition.Copy(rows, stride, Size, depth, tile, tileStride);
        if (factor == T.One) return;
        for (var d = 0; d < depth; d++)
        {
            var row = new Span<T>(tile + d * tileStride, Size);
            TensorPrimitives.Multiply(row, factor, row);
        }
    }

    /// <summary>destination = β · destination + factor · row. Rows are short: a library call for each would show.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRow<T>(T* row, int count, T factor, T* destination, T beta) where T : unmanaged, INumberBase<T>
    {
        nint k = 0;
        if (T.IsZero(beta))
        {
            for (; k <= count - Vector<T>.Count; k += Vector<T>.Count) Vector.Store(Vector.Load(row + k) * factor, destination + k);
            for (; k < count; k++) destination[k] = row[k] * factor;
            return;
        }

        for (; k <= count - Vector<T>.Count; k += Vector<T>.Count) Vector.Store(Vector.Load(row + k) * factor + Vector.Load(destination + k) * beta, destination + k);
        for (; k < count; k++) destination[k] = row[k] * factor + destination[k] * beta;
    }
}

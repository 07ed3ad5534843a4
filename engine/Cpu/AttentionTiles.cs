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

    /// <summary>Copies <paramref name="count"/> rows of <paramref name="depth"/> to a tile of <see cref="Size"/> rows; pads with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* source, nint sourceRow, int count, int depth, T* tile, int stride) where T : unmanaged
    {
        for (var r = 0; r < count; r++)
        {
            var row = new Span<T>(tile + r * stride, stride);
            new ReadOnlySpan<T>(source + r * sourceRow, depth).CopyTo(row);
            row[depth..].Clear();
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
        for (var r = 0; r < Size; r++)
        {
            var i = tile * Size + r;
            var row = new Span<T>(rows + r * stride, stride);
            row.Clear();
            factors[r] = T.Zero;
            if (i < p.First || i >= p.End) continue;
            factors[r] = p.ScaleOf(head, i) * scale;
            TensorPrimitives.Multiply(new ReadOnlySpan<T>(p.Queries.At(batch, head, i - p.First), p.HeadDim), factors[r], row);
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

    /// <summary>destination = β · destination + factor · row.</summary>
    public static void StoreRow<T>(ReadOnlySpan<T> row, T factor, T* destination, T beta) where T : unmanaged, INumberBase<T>
    {
        var target = new Span<T>(destination, row.Length);
        if (T.IsZero(beta)) TensorPrimitives.Multiply(row, factor, target);
        else TensorPrimitives.MultiplyAdd(row, factor, target, target);
    }
}

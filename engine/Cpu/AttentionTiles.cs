using System.Numerics;
using System.Numerics.Tensors;

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

    /// <summary>Copies <paramref name="count"/> rows of <paramref name="depth"/> to rows of <paramref name="width"/>; pads with zeros to <see cref="Size"/> rows.</summary>
    public static void Copy<T>(T* source, nint sourceRow, int count, int depth, T* tile, int width) where T : unmanaged
    {
        for (var r = 0; r < count; r++)
        {
            var row = new Span<T>(tile + r * width, width);
            new ReadOnlySpan<T>(source + r * sourceRow, depth).CopyTo(row);
            row[depth..].Clear();
        }

        new Span<T>(tile + count * width, (Size - count) * width).Clear();
    }

    /// <summary>r[h, i] / sqrt(D) · q of a query tile as padded rows; <paramref name="factors"/> gets r[h, i] / sqrt(D) itself, 0 for padding.</summary>
    public static void LoadQueries<T>(in AttentionProblem<T> p, int batch, int head, int tile, T* rows, int width, T* factors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scale = T.One / T.Sqrt(T.CreateTruncating(p.HeadDim));
        for (var r = 0; r < Size; r++)
        {
            var i = tile * Size + r;
            var row = new Span<T>(rows + r * width, width);
            row.Clear();
            factors[r] = T.Zero;
            if (i < p.First || i >= p.End) continue;
            factors[r] = p.ScaleOf(head, i) * scale;
            TensorPrimitives.Multiply(new ReadOnlySpan<T>(p.Queries.At(batch, head, i - p.First), p.HeadDim), factors[r], row);
        }
    }

    /// <summary>tile[d, r] = rows[r, d] · factor for a padded tile of <see cref="Size"/> rows.</summary>
    public static void Transpose<T>(T* rows, int width, int depth, T factor, T* tile) where T : unmanaged, INumberBase<T>
    {
        Transposition.Copy(rows, width, Size, depth, tile, Size);
        if (factor == T.One) return;
        var all = new Span<T>(tile, depth * Size);
        TensorPrimitives.Multiply(all, factor, all);
    }

    /// <summary>destination = β · destination + factor · row.</summary>
    public static void StoreRow<T>(ReadOnlySpan<T> row, T factor, T* destination, T beta) where T : unmanaged, INumberBase<T>
    {
        var target = new Span<T>(destination, row.Length);
        if (T.IsZero(beta)) TensorPrimitives.Multiply(row, factor, target);
        else TensorPrimitives.MultiplyAdd(row, factor, target, target);
    }
}

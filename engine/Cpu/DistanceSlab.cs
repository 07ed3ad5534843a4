using System.Numerics;
using System.Numerics.Tensors;

namespace SiaEngine.Cpu;

/// <summary>
/// The distance tables as the kernels read them: m times log2(e), and a margin on both sides. At negative distances a = 0 and m = −∞, so that
/// the future is masked by the same multiply-add that applies the tables; past the end both are 0, for the padding of the last tile.
/// </summary>
internal readonly unsafe struct DistanceSlab<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Distances a tile reaches beyond the tables.</summary>
    public const int Margin = AttentionTiles.Size;

    private readonly T* _a, _m;
    private readonly nint _head;

    private DistanceSlab(T* a, T* m, nint head)
    {
        _a = a;
        _m = m;
        _head = head;
    }

    /// <summary>Shape of the memory <see cref="Fill"/> needs for a [1|H, ≥ length] and m alike.</summary>
    public static Shape ShapeFor(Tensor a, Tensor m, int length) => [2, Math.Max(a.Shape[0], m.Shape[0]), length + 2 * Margin];

    /// <summary>a[h, t] at index t; readable from −Margin.</summary>
    public T* A(int head) => _a + head * _head + Margin;

    /// <summary>log2(e) · m[h, t] at index t; readable from −Margin.</summary>
    public T* M(int head) => _m + head * _head + Margin;

    /// <summary>Builds the slab for distances 0 … length − 1 in <paramref name="memory"/>.</summary>
    public static DistanceSlab<T> Fill(Tensor a, Tensor m, int length, Tensor memory)
    {
        var heads = memory.Shape[1];
        nint row = memory.Shape[2];
        T* slabA = (T*)memory.Address, slabM = slabA + heads * row;
        for (var h = 0; h < heads; h++)
        {
            FillRow(a, h, length, new Span<T>(slabA + h * row, (int)row), T.Zero, T.One);
            FillRow(m, h, length, new Span<T>(slabM + h * row, (int)row), T.NegativeInfinity, T.One / AttentionTiles.Ln2<T>());
        }

        return new(slabA, slabM, heads == 1 ? 0 : row);
    }

    private static void FillRow(Tensor table, int head, int length, Span<T> row, T future, T scale)
    {
        row[..Margin].Fill(future);
        var source = table.Span<T>().Slice(table.Shape[0] == 1 ? 0 : head * table.Shape[1], length);
        TensorPrimitives.Multiply(source, scale, row.Slice(Margin, length));
        row[(Margin + length)..].Clear();
    }
}

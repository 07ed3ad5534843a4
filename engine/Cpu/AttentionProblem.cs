using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>
/// What the tiled attention kernels read. Row i of head h sees keys 0 … i with base-2 logits
/// a[h, i − j] · r[h, i] · log2(e) / sqrt(D) · q·k + log2(e) · m[h, i − j].
/// </summary>
internal readonly unsafe struct AttentionProblem<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Row 0 is the query at position <see cref="First"/>; outputs are addressed alike.</summary>
    public required HeadRows<T> Queries { get; init; }

    public required HeadRows<T> Keys { get; init; }

    public required HeadRows<T> Values { get; init; }

    public required DistanceSlab<T> Tables { get; init; }

    /// <summary>r[h, i], or null for 1.</summary>
    public required T* RowScale { get; init; }

    /// <summary>Elements from one head of <see cref="RowScale"/> to the next.</summary>
    public required int RowScaleHead { get; init; }

    public required int Batch { get; init; }

    public required int Heads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Position of the first query row.</summary>
    public required int First { get; init; }

    /// <summary>Number of query rows.</summary>
    public required int Count { get; init; }

    /// <summary>Positions 0 … End − 1 have keys; the last query is at End − 1.</summary>
    public int End => First + Count;

    /// <summary>r[h, i].</summary>
    public T ScaleOf(int head, int position) => RowScale == null ? T.One : RowScale[(nint)head * RowScaleHead + position];
}

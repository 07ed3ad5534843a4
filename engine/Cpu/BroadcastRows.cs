using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Where the rows of an operand start when it is broadcast to a shape, and whether its rows are one repeated element.</summary>
internal readonly struct BroadcastRows
{
    private readonly int _e1, _e2;
    private readonly long _s0, _s1, _s2;

    /// <summary>Rows of <paramref name="operand"/> repeated to <paramref name="shape"/>.</summary>
    public BroadcastRows(Shape operand, Shape shape)
    {
        (_e1, _e2) = (Ops.Broadcast.Extent(shape, 3), Ops.Broadcast.Extent(shape, 2));
        Repeats = Ops.Broadcast.Extent(operand, 1) == 1 && Ops.Broadcast.Extent(shape, 1) != 1;
        var stride = (long)Ops.Broadcast.Extent(operand, 1);
        _s2 = Stride(operand, 2, ref stride);
        _s1 = Stride(operand, 3, ref stride);
        _s0 = Stride(operand, 4, ref stride);
    }

    /// <summary>Whether a row is its first element over and over.</summary>
    public bool Repeats { get; }

    /// <summary>Index of the first element of a row of the shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Start(long row)
    {
        var (rest, i2) = Math.DivRem(row, _e2);
        var (i0, i1) = Math.DivRem(rest, _e1);
        return i0 * _s0 + i1 * _s1 + i2 * _s2;
    }

    private static long Stride(Shape operand, int fromLast, ref long stride)
    {
        var extent = Ops.Broadcast.Extent(operand, fromLast);
        var own = extent == 1 ? 0 : stride;
        stride *= extent;
        return own;
    }
}

/// <summary>A row of a broadcast operand.</summary>
internal readonly unsafe struct RowOperand<T>(T* x, bool repeats) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements [i, i + V.Count), or the repeated one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load<V>(long i) where V : struct, ISimd<V, T> => repeats ? V.All(*x) : V.Load(x + i);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>
/// Strips of op(A), as high as a tile, for the micro-kernel. A transpose is packed as [depth][row], once for all threads. Otherwise rows are read where
/// they lie, unless they would fall on the same few sets of the L1 cache or the strip sticks out of A; then the thread that needs a strip copies it.
/// </summary>
/// <param name="a">The block's first element.</param>
/// <param name="lda">Elements from one stored row to the next.</param>
/// <param name="packed">Where strips of a transpose are packed; null if A is not transposed.</param>
/// <param name="rows">Rows of op(A).</param>
/// <param name="depth">Columns of op(A).</param>
internal readonly unsafe struct GemmStrips<T, V, L>(T* a, nint lda, T* packed, int rows, int depth)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Rows that lie a multiple of this many bytes apart start on the same set of the L1 cache.</summary>
    private const int Collision = 4096;

    /// <summary>Depths that are packed together.</summary>
    private const int DepthsPerTask = 32;

    /// <summary>Number of strips.</summary>
    public int Count => (rows + GemmTile.Rows - 1) / GemmTile.Rows;

    /// <summary>Number of tasks that pack them all.</summary>
    public int Tasks => packed == null ? 0 : (depth + DepthsPerTask - 1) / DepthsPerTask;

    /// <summary>Elements a copied strip of this depth takes.</summary>
    public static nint Elements(int depth) => (GemmTile.Rows * (nint)depth + 15) & -16;

    /// <summary>Rows of C a strip has.</summary>
    public int Present(int strip) => Math.Min(GemmTile.Rows, rows - strip * GemmTile.Rows);

    /// <summary>A strip, copied to <paramref name="memory"/> if it has to be.</summary>
    public Strip Load(int strip, T* memory)
    {
        if (packed != null) return new(packed + strip * GemmTile.Rows * (nint)depth, 1, GemmTile.Rows);
        var (first, present) = (strip * GemmTile.Rows, Present(strip));
        if (lda * sizeof(T) % Collision != 0 && GemmTile.IsWhole<T, V, L>(present)) return new(a + first * lda, lda, 1);
        if (present < GemmTile.Rows) new Span<T>(memory, GemmTile.Rows * depth).Clear();
        for (var r = 0; r < present; r++) new ReadOnlySpan<T>(a + (first + r) * lda, depth).CopyTo(new(memory + (nint)r * depth, depth));
        return new(memory, depth, 1);
    }

    /// <summary>Packs some depths of all strips of a transpose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int task)
    {
        var end = Math.Min(depth, (task + 1) * DepthsPerTask);
        for (var p = task * DepthsPerTask; p < end; p++)
        {
            T* source = a + p * lda, target = packed + p * GemmTile.Rows;
            var left = rows;
            for (; left >= GemmTile.Rows; left -= GemmTile.Rows, source += GemmTile.Rows, target += GemmTile.Rows * (nint)depth) Copy((byte*)source, (byte*)target);
            for (var r = 0; r < GemmTile.Rows && left > 0; r++) target[r] = r < left ? source[r] : T.Zero;
        }
    }

    /// <summary>Copies the 12 elements of a tile's column, 48 or 96 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* source, byte* target)
    {
        Vector128.Store(Vector128.Load(source), target);
        Vector128.Store(Vector128.Load(source + 16), target + 16);
        Vector128.Store(Vector128.Load(source + 32), target + 32);
        if (sizeof(T) == 4) return;
        Vector128.Store(Vector128.Load(source + 48), target + 48);
        Vector128.Store(Vector128.Load(source + 64), target + 64);
        Vector128.Store(Vector128.Load(source + 80), target + 80);
    }

    /// <summary>Where a strip lies: the distance from row to row and from depth to depth.</summary>
    internal readonly struct Strip(T* data, nint row, nint depth)
    {
        public readonly T* Data = data;
        public readonly nint Row = row, Depth = depth;
    }
}

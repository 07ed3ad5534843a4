using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>
/// Strips of op(A), as high as a tile, for the micro-kernel. With 16 registers the thread that needs strips packs them as [depth][row], unless too few
/// panels would use them. With 32 a transpose is packed so, once for all threads. What is not packed is read where it lies, unless its rows would fall on
/// the same few sets of the L1 cache or the strip sticks out of A; then the thread that needs it copies it.
/// </summary>
/// <param name="a">The block's first element.</param>
/// <param name="lda">Elements from one stored row to the next.</param>
/// <param name="transpose">Whether A is stored transposed.</param>
/// <param name="packed">Where all strips of a transpose are packed, with 32 registers.</param>
/// <param name="rows">Rows of op(A).</param>
/// <param name="depth">Columns of op(A).</param>
/// <param name="panels">Panels of B a strip is multiplied by.</param>
internal readonly unsafe struct GemmStrips<T, V, L>(T* a, nint lda, bool transpose, T* packed, int rows, int depth, int panels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Rows that lie a multiple of this many bytes apart start on the same set of the L1 cache.</summary>
    private const int Collision = 4096;

    /// <summary>Panels from which on it pays to pack rows, with 16 registers.</summary>
    private const int PackingPanels = 16;

    /// <summary>Depths of a transpose that are on their way while one is copied.</summary>
    private const int DepthsAhead = 8;

    /// <summary>Depths that are packed together.</summary>
    private const int DepthsPerTask = 32;

    private static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => GemmShape<T, V, L>.Rows;
    }

    /// <summary>Number of strips.</summary>
    public int Count => (rows + Rows - 1) / Rows;

    /// <summary>Number of tasks that pack them all.</summary>
    public int Tasks => !transpose || !L.ManyRegisters ? 0 : (depth + DepthsPerTask - 1) / DepthsPerTask;

    /// <summary>Elements from one packed strip to the next. With 16 registers an odd number of cache lines, so that strips start on different sets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Elements(int depth) => (Rows * (nint)depth + 15) & -16 | (L.ManyRegisters ? 0 : 16);

    /// <summary>Rows of C a strip has.</summary>
    public int Present(int strip) => Math.Min(Rows, rows - strip * Rows);

    /// <summary>Strips [first, end), those that have to be copied to <paramref name="memory"/> unless they are <paramref name="copied"/> already.</summary>
    public void Load(int first, int end, T* memory, bool copied, Strip* loaded)
    {
        if (transpose && !L.ManyRegisters && !copied) Pack(first, end, 0, depth, memory);
        for (var strip = first; strip < end; strip++, memory += Elements(depth)) loaded[strip - first] = Load(strip, memory, copied);
    }

    /// <summary>Packs some depths of all strips of a transpose.</summary>
    public void Pack(int task) => Pack(0, Count, task * DepthsPerTask, Math.Min(depth, (task + 1) * DepthsPerTask), packed);

    private Strip Load(int strip, T* memory, bool copied)
    {
        if (transpose) return new(L.ManyRegisters ? packed + strip * Elements(depth) : memory, 1, Rows);
        var (first, present) = (strip * Rows, Present(strip));
        if ((L.ManyRegisters ? lda * sizeof(T) % Collision != 0 : panels < PackingPanels) && GemmTile.IsWhole<T, V, L>(present, GemmShape<T, V, L>.Columns)) return new(a + first * lda, lda, 1);
        if (!copied)
        {
            if (present < Rows) new Span<T>(memory, Rows * depth).Clear();
            if (!L.ManyRegisters) Transposition.Copy(a + first * lda, lda, present, depth, memory, Rows);
            else for (var r = 0; r < present; r++) new ReadOnlySpan<T>(a + (first + r) * lda, depth).CopyTo(new(memory + (nint)r * depth, depth));
        }

        return L.ManyRegisters ? new(memory, depth, 1) : new(memory, 1, Rows);
    }

    /// <summary>Packs depths [from, to) of strips [first, end) of a transpose, every stored row in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(int first, int end, int from, int to, T* memory)
    {
        int height = Rows, present = Math.Min(rows, end * height) - first * height;
        var next = Elements(depth);
        for (var p = from; p < to; p++)
        {
            T* source = a + p * lda + first * height, target = memory + p * height;
            var left = present;
            if (!L.ManyRegisters)
            {
                for (; left >= 4 * height; left -= 4 * height, source += 4 * height, target += 4 * next)
                {
                    if (Sse.IsSupported) Sse.Prefetch0(source + DepthsAhead * lda);
                    Four(source, target);
                    Four(source + height, target + next);
                    Four(source + 2 * height, target + 2 * next);
                    Four(source + 3 * height, target + 3 * next);
                }
            }

            for (; left >= height; left -= height, source += height, target += next)
            {
                Four(source, target);
                if (!L.ManyRegisters) continue;
                Four(source + 4, target + 4);
                Four(source + 8, target + 8);
            }

            for (var r = 0; r < height && left > 0; r++) target[r] = r < left ? source[r] : T.Zero;
        }
    }

    /// <summary>Copies four elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(T* source, T* target)
    {
        Vector128.Store(Vector128.Load((byte*)source), (byte*)target);
        if (sizeof(T) == 8) Vector128.Store(Vector128.Load((byte*)source + 16), (byte*)target + 16);
    }

    /// <summary>Where a strip lies: the distance from row to row and from depth to depth.</summary>
    internal readonly struct Strip(T* data, nint row, nint depth)
    {
        public readonly T* Data = data;
        public readonly nint Row = row, Depth = depth;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>Packs columns of op(B) into panels [depth][columns of a tile], zero-padded on the right.</summary>
internal readonly unsafe struct GemmPanels<T, V, L>(T* b, nint ldb, bool transpose, int columns, int depth, T* panels)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Panels that are packed together, so that rows of B are read in longer runs.</summary>
    private const int PanelsPerTask = 4;

    /// <summary>Rows of B that are on their way while one is copied: a task's part of a row is short and the next is far away, so that the processor does not guess it.</summary>
    private const int RowsAhead = 8;

    private static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => GemmShape<T, V, L>.Columns;
    }

    /// <summary>Number of panels.</summary>
    public int Count => (columns + Width - 1) / Width;

    /// <summary>Number of tasks that pack them all.</summary>
    public int Tasks => (Count + PanelsPerTask - 1) / PanelsPerTask;

    /// <summary>A packed panel.</summary>
    public T* Panel(int panel) => panels + (nint)panel * Width * depth;

    /// <summary>Columns of C a panel has.</summary>
    public int Present(int panel) => Math.Min(Width, columns - panel * Width);

    /// <summary>Packs the panels of a task.</summary>
    public void Pack(int task)
    {
        int first = task * PanelsPerTask, end = Math.Min(first + PanelsPerTask, Count);
        var whole = Present(end - 1) == Width ? end : end - 1;
        if (transpose)
        {
            for (var panel = first; panel < whole; panel++) Transposition.Copy(b + panel * Width * ldb, ldb, Width, depth, Panel(panel), Width);
        }
        else if (whole > first) Rows(first, whole);

        if (whole == end) return;
        var present = Present(whole);
        var target = Panel(whole);
        new Span<T>(target, Width * depth).Clear();
        if (transpose) Transposition.Copy(b + whole * Width * ldb, ldb, present, depth, target, Width);
        else
        {
            for (var p = 0; p < depth; p++) new ReadOnlySpan<T>(b + p * ldb + whole * Width, present).CopyTo(new(target + (nint)p * Width, present));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(int first, int end)
    {
        T* row = b + first * Width, target = Panel(first);
        var stride = (nint)Width * depth;
        for (var p = 0; p < depth; p++, row += ldb, target += Width)
        {
            T* from = row, to = target;
            for (var panel = first; panel < end; panel++, from += Width, to += stride)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(from + RowsAhead * ldb);
                    Sse.Prefetch0(from + RowsAhead * ldb + Width - 1);
                }

                L.Store(to, L.Load(from));
                L.Store(to + L.Count, L.Load(from + L.Count));
                if (!L.ManyRegisters) L.Store(to + 2 * L.Count, L.Load(from + 2 * L.Count));
            }
        }
    }
}

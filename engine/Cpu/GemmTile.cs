using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// The micro-kernel of <see cref="Gemm"/>: 12 rows by 2 vectors of C stay in 24 registers; each step of depth loads 2 vectors of B and broadcasts 12
/// elements of A. With 16 registers (AVX2, SSE) the tile is computed as two halves of 6 rows.
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 12;

    private const int Half = 6;

    /// <summary>A whole tile; A is read through two strides, B is a packed panel [depth][2 vectors].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, V, L>(int depth, T* a, nint aRow, nint aDepth, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        if (L.ManyRegisters)
        {
            Twelve<T, V, L>(depth, a, aRow, aDepth, b, store);
            return;
        }

        Six<T, V, L>(depth, a, aRow, aDepth, b, store);
        Six<T, V, L>(depth, a + Half * aRow, aRow, aDepth, b, new TileStore<T>(store.C + Half * store.Stride, store.Stride, store.Alpha, store.Beta));
    }

    /// <summary>The first <paramref name="rows"/> rows of a tile, one at a time; A rows are contiguous.</summary>
    public static void RunRows<T, V, L>(int rows, int depth, T* a, nint aRow, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        for (var r = 0; r < rows; r++)
        {
            V x0 = L.Zero, x1 = L.Zero;
            T* left = a + r * aRow, right = b;
            for (var p = 0; p < depth; p++, right += 2 * L.Count)
            {
                var x = L.Broadcast(left[p]);
                x0 = L.MultiplyAdd(x, L.Load(right), x0);
                x1 = L.MultiplyAdd(x, L.Load(right + L.Count), x1);
            }

            Store<T, V, L>(store, r, x0, x1);
        }
    }

    /// <summary>C = tile + beta · C for a tile that sticks out of C.</summary>
    public static void AddEdge<T>(int rows, int columns, T* tile, int width, T beta, T* c, int ldc) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < columns; j++)
            {
                var x = tile[r * width + j];
                c[(long)r * ldc + j] = beta == T.Zero ? x : x + beta * c[(long)r * ldc + j];
            }
        }
    }


    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve<T, V, L>(int depth, T* a, nint aRow, nint aDepth, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        V x00 = L.Zero, x01 = L.Zero;
        V x10 = L.Zero, x11 = L.Zero;
        V x20 = L.Zero, x21 = L.Zero;
        V x30 = L.Zero, x31 = L.Zero;
        V x40 = L.Zero, x41 = L.Zero;
        V x50 = L.Zero, x51 = L.Zero;
        V x60 = L.Zero, x61 = L.Zero;
        V x70 = L.Zero, x71 = L.Zero;
        V x80 = L.Zero, x81 = L.Zero;
        V x90 = L.Zero, x91 = L.Zero;
        V x100 = L.Zero, x101 = L.Zero;
        V x110 = L.Zero, x111 = L.Zero;
        T* a3 = a + 3 * aRow, a6 = a + 6 * aRow, a9 = a + 9 * aRow;
        var aRow2 = 2 * aRow;
        for (; depth > 0; depth--)
        {
            V b0 = L.Load(b), b1 = L.Load(b + L.Count);
            var x = L.Broadcast(*a);
            x00 = L.MultiplyAdd(x, b0, x00);
            x01 = L.MultiplyAdd(x, b1, x01);
            x = L.Broadcast(a[aRow]);
            x10 = L.MultiplyAdd(x, b0, x10);
            x11 = L.MultiplyAdd(x, b1, x11);
            x = L.Broadcast(a[aRow2]);
            x20 = L.MultiplyAdd(x, b0, x20);
            x21 = L.MultiplyAdd(x, b1, x21);
            x = L.Broadcast(*a3);
            x30 = L.MultiplyAdd(x, b0, x30);
            x31 = L.MultiplyAdd(x, b1, x31);
            x = L.Broadcast(a3[aRow]);
            x40 = L.MultiplyAdd(x, b0, x40);
            x41 = L.MultiplyAdd(x, b1, x41);
            x = L.Broadcast(a3[aRow2]);
            x50 = L.MultiplyAdd(x, b0, x50);
            x51 = L.MultiplyAdd(x, b1, x51);
            x = L.Broadcast(*a6);
            x60 = L.MultiplyAdd(x, b0, x60);
            x61 = L.MultiplyAdd(x, b1, x61);
            x = L.Broadcast(a6[aRow]);
            x70 = L.MultiplyAdd(x, b0, x70);
            x71 = L.MultiplyAdd(x, b1, x71);
            x = L.Broadcast(a6[aRow2]);
            x80 = L.MultiplyAdd(x, b0, x80);
            x81 = L.MultiplyAdd(x, b1, x81);
            x = L.Broadcast(*a9);
            x90 = L.MultiplyAdd(x, b0, x90);
            x91 = L.MultiplyAdd(x, b1, x91);
            x = L.Broadcast(a9[aRow]);
            x100 = L.MultiplyAdd(x, b0, x100);
            x101 = L.MultiplyAdd(x, b1, x101);
            x = L.Broadcast(a9[aRow2]);
            x110 = L.MultiplyAdd(x, b0, x110);
            x111 = L.MultiplyAdd(x, b1, x111);
            a += aDepth;
            a3 += aDepth;
            a6 += aDepth;
            a9 += aDepth;
            b += 2 * L.Count;
        }

        Store<T, V, L>(store, 0, x00, x01);
        Store<T, V, L>(store, 1, x10, x11);
        Store<T, V, L>(store, 2, x20, x21);
        Store<T, V, L>(store, 3, x30, x31);
        Store<T, V, L>(store, 4, x40, x41);
        Store<T, V, L>(store, 5, x50, x51);
        Store<T, V, L>(store, 6, x60, x61);
        Store<T, V, L>(store, 7, x70, x71);
        Store<T, V, L>(store, 8, x80, x81);
        Store<T, V, L>(store, 9, x90, x91);
        Store<T, V, L>(store, 10, x100, x101);
        Store<T, V, L>(store, 11, x110, x111);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<T, V, L>(int depth, T* a, nint aRow, nint aDepth, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        V x00 = L.Zero, x01 = L.Zero;
        V x10 = L.Zero, x11 = L.Zero;
        V x20 = L.Zero, x21 = L.Zero;
        V x30 = L.Zero, x31 = L.Zero;
        V x40 = L.Zero, x41 = L.Zero;
        V x50 = L.Zero, x51 = L.Zero;
        var a3 = a + 3 * aRow;
        var aRow2 = 2 * aRow;
        for (; depth > 0; depth--)
        {
            V b0 = L.Load(b), b1 = L.Load(b + L.Count);
            var x = L.Broadcast(*a);
            x00 = L.MultiplyAdd(x, b0, x00);
            x01 = L.MultiplyAdd(x, b1, x01);
            x = L.Broadcast(a[aRow]);
            x10 = L.MultiplyAdd(x, b0, x10);
            x11 = L.MultiplyAdd(x, b1, x11);
            x = L.Broadcast(a[aRow2]);
            x20 = L.MultiplyAdd(x, b0, x20);
            x21 = L.MultiplyAdd(x, b1, x21);
            x = L.Broadcast(*a3);
            x30 = L.MultiplyAdd(x, b0, x30);
            x31 = L.MultiplyAdd(x, b1, x31);
            x = L.Broadcast(a3[aRow]);
            x40 = L.MultiplyAdd(x, b0, x40);
            x41 = L.MultiplyAdd(x, b1, x41);
            x = L.Broadcast(a3[aRow2]);
            x50 = L.MultiplyAdd(x, b0, x50);
            x51 = L.MultiplyAdd(x, b1, x51);
            a += aDepth;
            a3 += aDepth;
            b += 2 * L.Count;
        }

        Store<T, V, L>(store, 0, x00, x01);
        Store<T, V, L>(store, 1, x10, x11);
        Store<T, V, L>(store, 2, x20, x21);
        Store<T, V, L>(store, 3, x30, x31);
        Store<T, V, L>(store, 4, x40, x41);
        Store<T, V, L>(store, 5, x50, x51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, V, L>(in TileStore<T> store, int row, V x0, V x1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        var c = store.C + row * store.Stride;
        var alpha = L.Broadcast(store.Alpha);
        x0 = L.Multiply(alpha, x0);
        x1 = L.Multiply(alpha, x1);
        if (store.Beta != T.Zero)
        {
            var beta = L.Broadcast(store.Beta);
            x0 = L.MultiplyAdd(beta, L.Load(c), x0);
            x1 = L.MultiplyAdd(beta, L.Load(c + L.Count), x1);
        }

        L.Store(c, x0);
        L.Store(c + L.Count, x1);
    }
}

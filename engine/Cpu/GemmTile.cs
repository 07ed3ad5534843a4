using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>
/// The micro-kernel of <see cref="Gemm"/>: 12 rows by 2 vectors of C stay in 24 registers; each step of depth loads 2 vectors of B and broadcasts 12
/// elements of A. At the lower edge 8 or 4 rows do. With 16 registers (AVX2, SSE) it is <see cref="GemmTile4x3"/>.
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 12;

    /// <summary>Vectors in a row of a tile.</summary>
    public const int Vectors = 2;

    /// <summary>
    /// At least the first <paramref name="rows"/> rows and <paramref name="columns"/> columns of a tile, and never more than a tile has. A is read through
    /// two strides, B is a packed panel.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, V, L>(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        if (L.ManyRegisters)
        {
            if (rows > 8) Kernel<T, V, L, Rows12>(depth, a, aRow, aDepth, b, store);
            else if (rows > 4) Kernel<T, V, L, Rows8>(depth, a, aRow, aDepth, b, store);
            else Kernel<T, V, L, Rows4>(depth, a, aRow, aDepth, b, store);
            return;
        }

        GemmTile4x3.Run<T, V, L>(columns, depth, a, aRow, b, store);
    }

    /// <summary>Whether <see cref="Run"/> writes exactly <paramref name="rows"/> rows and <paramref name="columns"/> columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWhole<T, V, L>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V> =>
        L.ManyRegisters ? rows % 4 == 0 && columns == Vectors * L.Count : rows == GemmTile4x3.Rows && columns % L.Count == 0;

    /// <summary>C = tile + beta · addend for a tile that sticks out of C.</summary>
    public static void AddEdge<T>(int rows, int columns, T* tile, int width, T beta, T* c, T* addend, nint ldc) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < rows; r++)
        {
            for (var j = 0; j < columns; j++)
            {
                var x = tile[r * width + j];
                c[r * ldc + j] = beta == T.Zero ? x : x + beta * addend[r * ldc + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel<T, V, L, R>(int depth, T* a, nint aRow, nint aDepth, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where R : struct, IRows
    {
        // What is left of C arrives in the cache while the products are summed.
        if (Sse.IsSupported)
        {
            for (var r = 0; r < R.Count; r++)
            {
                Sse.Prefetch0(store.C + r * store.Stride);
                Sse.Prefetch0(store.C + r * store.Stride + 2 * L.Count - 1);
            }
        }

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

            if (R.Count > 4)
            {
                x = L.Broadcast(a3[aRow]);
                x40 = L.MultiplyAdd(x, b0, x40);
                x41 = L.MultiplyAdd(x, b1, x41);
                x = L.Broadcast(a3[aRow2]);
                x50 = L.MultiplyAdd(x, b0, x50);
                x51 = L.MultiplyAdd(x, b1, x51);
            }

            if (R.Count > 6)
            {
                x = L.Broadcast(*a6);
                x60 = L.MultiplyAdd(x, b0, x60);
                x61 = L.MultiplyAdd(x, b1, x61);
                x = L.Broadcast(a6[aRow]);
                x70 = L.MultiplyAdd(x, b0, x70);
                x71 = L.MultiplyAdd(x, b1, x71);
            }

            if (R.Count > 8)
            {
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
            }

            a += aDepth;
            a3 += aDepth;
            if (R.Count > 6) a6 += aDepth;
            if (R.Count > 8) a9 += aDepth;
            b += 2 * L.Count;
        }

        Store<T, V, L>(store, 0, x00, x01);
        Store<T, V, L>(store, 1, x10, x11);
        Store<T, V, L>(store, 2, x20, x21);
        Store<T, V, L>(store, 3, x30, x31);

        if (R.Count > 4)
        {
            Store<T, V, L>(store, 4, x40, x41);
            Store<T, V, L>(store, 5, x50, x51);
        }

        if (R.Count > 6)
        {
            Store<T, V, L>(store, 6, x60, x61);
            Store<T, V, L>(store, 7, x70, x71);
        }

        if (R.Count > 8)
        {
            Store<T, V, L>(store, 8, x80, x81);
            Store<T, V, L>(store, 9, x90, x91);
            Store<T, V, L>(store, 10, x100, x101);
            Store<T, V, L>(store, 11, x110, x111);
        }
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
            x0 = L.MultiplyAdd(beta, L.Load(c + store.ToAddend), x0);
            x1 = L.MultiplyAdd(beta, L.Load(c + store.ToAddend + L.Count), x1);
        }

        L.Store(c, x0);
        L.Store(c + L.Count, x1);
    }

    private interface IRows
    {
        static abstract int Count { get; }
    }

    private readonly struct Rows4 : IRows
    {
        public static int Count => 4;
    }

    private readonly struct Rows8 : IRows
    {
        public static int Count => 8;
    }

    private readonly struct Rows12 : IRows
    {
        public static int Count => 12;
    }
}

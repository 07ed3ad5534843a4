using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>
/// The micro-kernel of <see cref="Gemm"/> for 16 vector registers (AVX2, SSE): 4 rows by 3 vectors of C stay in 12 of them. Both operands are packed
/// and the loop is unrolled, so that nearly all of its instructions are the 12 multiply-adds and 7 loads of a step of depth.
/// </summary>
internal static unsafe class GemmTile4x3
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    /// <summary>Vectors in a row of a tile.</summary>
    public const int Vectors = 3;

    /// <summary>The vectors of a tile that hold its first <paramref name="columns"/> columns. A is a strip [depth][4], B a panel [depth][3 vectors].</summary>
    public static void Run<T, V, L>(int columns, int depth, T* a, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        if (columns > 2 * L.Count) Kernel<T, V, L, Vectors3>(depth, a, b, store);
        else if (columns > L.Count) Kernel<T, V, L, Vectors2>(depth, a, b, store);
        else Kernel<T, V, L, Vectors1>(depth, a, b, store);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Kernel<T, V, L, N>(int depth, T* a, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, IVectors
    {
        T* c0 = store.C, c1 = c0 + store.Stride, c2 = c1 + store.Stride, c3 = c2 + store.Stride;
        if (Sse.IsSupported)
        {
            // What is left of C arrives in the cache while the products are summed.
            Prefetch<T, V, L, N>(c0);
            Prefetch<T, V, L, N>(c1);
            Prefetch<T, V, L, N>(c2);
            Prefetch<T, V, L, N>(c3);
        }

        V x00 = L.Zero, x01 = L.Zero, x02 = L.Zero;
        V x10 = L.Zero, x11 = L.Zero, x12 = L.Zero;
        V x20 = L.Zero, x21 = L.Zero, x22 = L.Zero;
        V x30 = L.Zero, x31 = L.Zero, x32 = L.Zero;
        T* end = a + Rows * (nint)depth, unrolled = a + Rows * (nint)(depth & -4);
        while (a < unrolled)
        {
            Step<T, V, L, N>(a, b, 0, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, N>(a, b, 1, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, N>(a, b, 2, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, N>(a, b, 3, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            a += 4 * Rows;
            b += 4 * Vectors * L.Count;
        }

        while (a < end)
        {
            Step<T, V, L, N>(a, b, 0, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            a += Rows;
            b += Vectors * L.Count;
        }

        Store<T, V, L, N>(c0, store, x00, x01, x02);
        Store<T, V, L, N>(c1, store, x10, x11, x12);
        Store<T, V, L, N>(c2, store, x20, x21, x22);
        Store<T, V, L, N>(c3, store, x30, x31, x32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch<T, V, L, N>(T* c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, IVectors
    {
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + N.Count * L.Count - 1);
    }

    /// <summary>One step of depth: a column of A times a row of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, V, L, N>(T* a, T* b, int step, ref V x00, ref V x01, ref V x02, ref V x10, ref V x11, ref V x12, ref V x20, ref V x21, ref V x22, ref V x30, ref V x31, ref V x32)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, IVectors
    {
        V b0 = L.Load(b + step * Vectors * L.Count), b1 = N.Count > 1 ? L.Load(b + (step * Vectors + 1) * L.Count) : b0, b2 = N.Count > 2 ? L.Load(b + (step * Vectors + 2) * L.Count) : b0;
        Row<T, V, L, N>(a[step * Rows + 0], b0, b1, b2, ref x00, ref x01, ref x02);
        Row<T, V, L, N>(a[step * Rows + 1], b0, b1, b2, ref x10, ref x11, ref x12);
        Row<T, V, L, N>(a[step * Rows + 2], b0, b1, b2, ref x20, ref x21, ref x22);
        Row<T, V, L, N>(a[step * Rows + 3], b0, b1, b2, ref x30, ref x31, ref x32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<T, V, L, N>(T a, V b0, V b1, V b2, ref V x0, ref V x1, ref V x2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, IVectors
    {
        var x = L.Broadcast(a);
        x0 = L.MultiplyAdd(x, b0, x0);
        if (N.Count > 1) x1 = L.MultiplyAdd(x, b1, x1);
        if (N.Count > 2) x2 = L.MultiplyAdd(x, b2, x2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, V, L, N>(T* c, in TileStore<T> store, V x0, V x1, V x2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, IVectors
    {
        Store<T, V, L>(c, store, x0);
        if (N.Count > 1) Store<T, V, L>(c + L.Count, store, x1);
        if (N.Count > 2) Store<T, V, L>(c + 2 * L.Count, store, x2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, V, L>(T* c, in TileStore<T> store, V x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        x = L.Multiply(L.Broadcast(store.Alpha), x);
        L.Store(c, store.Beta == T.Zero ? x : L.MultiplyAdd(L.Broadcast(store.Beta), L.Load(c), x));
    }

    private interface IVectors
    {
        static abstract int Count { get; }
    }

    private readonly struct Vectors1 : IVectors
    {
        public static int Count => 1;
    }

    private readonly struct Vectors2 : IVectors
    {
        public static int Count => 2;
    }

    private readonly struct Vectors3 : IVectors
    {
        public static int Count => 3;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cpu;

/// <summary>
/// The micro-kernel of <see cref="Gemm"/> for 16 vector registers (AVX2, SSE): 4 rows by 3 vectors of C stay in 12 of them. B is packed, A as well or
/// read row by row, and the loop is unrolled, so that nearly all of its instructions are the 12 multiply-adds and 7 loads of a step of depth.
/// </summary>
internal static unsafe class GemmTile4x3
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    /// <summary>Vectors in a row of a tile.</summary>
    public const int Vectors = 3;

    /// <summary>
    /// The vectors of a tile that hold its first <paramref name="columns"/> columns. A is a strip [depth][4], <paramref name="aRow"/> 1, or four rows of
    /// depths that lie <paramref name="aRow"/> elements apart; B is a panel [depth][3 vectors].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, V, L>(int columns, int depth, T* a, nint aRow, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        if (aRow == 1) Run<T, V, L, Packed>(columns, depth, a, aRow, b, store);
        else Run<T, V, L, InRows>(columns, depth, a, aRow, b, store);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<T, V, L, S>(int columns, int depth, T* a, nint aRow, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where S : struct, ICount
    {
        if (columns > 2 * L.Count) Kernel<T, V, L, S, Vectors3>(depth, a, aRow, b, store);
        else if (columns > L.Count) Kernel<T, V, L, S, Vectors2>(depth, a, aRow, b, store);
        else Kernel<T, V, L, S, Vectors1>(depth, a, aRow, b, store);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Kernel<T, V, L, S, N>(int depth, T* a, nint aRow, T* b, in TileStore<T> store)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where S : struct, ICount
        where N : struct, ICount
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
        T* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        T* end = a + S.Value * (nint)depth, unrolled = a + S.Value * (nint)(depth & -4);
        while (a < unrolled)
        {
            Step<T, V, L, S, N>(a, a1, a2, a3, b, 0, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, S, N>(a, a1, a2, a3, b, 1, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, S, N>(a, a1, a2, a3, b, 2, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            Step<T, V, L, S, N>(a, a1, a2, a3, b, 3, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            a += 4 * S.Value;
            a1 += 4 * S.Value;
            a2 += 4 * S.Value;
            a3 += 4 * S.Value;
            b += 4 * Vectors * L.Count;
        }

        while (a < end)
        {
            Step<T, V, L, S, N>(a, a1, a2, a3, b, 0, ref x00, ref x01, ref x02, ref x10, ref x11, ref x12, ref x20, ref x21, ref x22, ref x30, ref x31, ref x32);
            a += S.Value;
            a1 += S.Value;
            a2 += S.Value;
            a3 += S.Value;
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
        where N : struct, ICount
    {
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + N.Value * L.Count - 1);
    }

    /// <summary>One step of depth: a column of A times a row of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T, V, L, S, N>(T* a, T* a1, T* a2, T* a3, T* b, int step, ref V x00, ref V x01, ref V x02, ref V x10, ref V x11, ref V x12, ref V x20, ref V x21, ref V x22, ref V x30, ref V x31, ref V x32)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where S : struct, ICount
        where N : struct, ICount
    {
        V b0 = L.Load(b + step * Vectors * L.Count), b1 = N.Value > 1 ? L.Load(b + (step * Vectors + 1) * L.Count) : b0, b2 = N.Value > 2 ? L.Load(b + (step * Vectors + 2) * L.Count) : b0;
        Row<T, V, L, N>(a[step * S.Value], b0, b1, b2, ref x00, ref x01, ref x02);
        Row<T, V, L, N>(a1[step * S.Value], b0, b1, b2, ref x10, ref x11, ref x12);
        Row<T, V, L, N>(a2[step * S.Value], b0, b1, b2, ref x20, ref x21, ref x22);
        Row<T, V, L, N>(a3[step * S.Value], b0, b1, b2, ref x30, ref x31, ref x32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<T, V, L, N>(T a, V b0, V b1, V b2, ref V x0, ref V x1, ref V x2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, ICount
    {
        var x = L.Broadcast(a);
        x0 = L.MultiplyAdd(x, b0, x0);
        if (N.Value > 1) x1 = L.MultiplyAdd(x, b1, x1);
        if (N.Value > 2) x2 = L.MultiplyAdd(x, b2, x2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, V, L, N>(T* c, in TileStore<T> store, V x0, V x1, V x2)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
        where N : struct, ICount
    {
        Store<T, V, L>(c, store, x0);
        if (N.Value > 1) Store<T, V, L>(c + L.Count, store, x1);
        if (N.Value > 2) Store<T, V, L>(c + 2 * L.Count, store, x2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, V, L>(T* c, in TileStore<T> store, V x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        x = L.Multiply(L.Broadcast(store.Alpha), x);
        L.Store(c, store.Beta == T.Zero ? x : L.MultiplyAdd(L.Broadcast(store.Beta), L.Load(c + store.ToAddend), x));
    }

    private interface ICount
    {
        static abstract int Value { get; }
    }

    /// <summary>A packed: elements from one depth to the next.</summary>
    private readonly struct Packed : ICount
    {
        public static int Value => Rows;
    }

    /// <summary>A in rows: elements from one depth to the next.</summary>
    private readonly struct InRows : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Vectors1 : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Vectors2 : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Vectors3 : ICount
    {
        public static int Value => 3;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Matrix products of tiles that live in the L1 and L2 caches: C = A B, C = C + A B or C = diag(scale) C + A B.
/// B and C are row-major with rows of whole vectors; A is read through two strides, so that it may be a transpose.
/// A micro-kernel keeps 4 rows by 4 vectors of C in registers (2 vectors where there are 16 registers) and does one broadcast of A per 4 of them.
/// </summary>
internal static unsafe class TileProduct<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Rows a micro-kernel computes; row counts are multiples of it.</summary>
    public const int RowStep = 4;

    /// <summary>C[r, c] = Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow) =>
        Run(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, false, null);

    /// <summary>C[r, c] += Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow) =>
        Run(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, true, null);

    /// <summary>C[r, c] = scale[r] C[r, c] + Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, T* scale) =>
        Run(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, true, scale);

    private static void Run(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, bool add, T* scale)
    {
        var first = 0;
        while (first < columns)
        {
            // The panel of B stays in the L1 cache while the rows of A pass by.
            var vectors = (columns - first) / L.Count;
            if (L.ManyRegisters && vectors >= 4)
            {
                for (var r = 0; r < rows; r += RowStep)
                    Kernel<Vectors4>(depth, a + r * aRow, aRow, aDepth, b + first, bRow, c + r * cRow + first, cRow, add, scale == null ? null : scale + r);
                first += 4 * L.Count;
            }
            else if (vectors >= 2)
            {
                for (var r = 0; r < rows; r += RowStep)
                    Kernel<Vectors2>(depth, a + r * aRow, aRow, aDepth, b + first, bRow, c + r * cRow + first, cRow, add, scale == null ? null : scale + r);
                first += 2 * L.Count;
            }
            else
            {
                for (var r = 0; r < rows; r += RowStep)
                    Kernel<Vectors1>(depth, a + r * aRow, aRow, aDepth, b + first, bRow, c + r * cRow + first, cRow, add, scale == null ? null : scale + r);
                first += L.Count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel<N>(int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, bool add, T* scale) where N : struct, IVectors
    {
        V c00 = L.Zero, c01 = c00, c02 = c00, c03 = c00;
        V c10 = c00, c11 = c00, c12 = c00, c13 = c00;
        V c20 = c00, c21 = c00, c22 = c00, c23 = c00;
        V c30 = c00, c31 = c00, c32 = c00, c33 = c00;
        nint row2 = 2 * aRow, row3 = 3 * aRow;
        V b1 = c00, b2 = c00, b3 = c00;
        for (; depth > 0; depth--)
        {
            var b0 = L.Load(b);
            if (N.Count > 1) b1 = L.Load(b + L.Count);
            if (N.Count > 2) b2 = L.Load(b + 2 * L.Count);
            if (N.Count > 3) b3 = L.Load(b + 3 * L.Count);
            var x = L.Broadcast(*a);
            c00 = L.MultiplyAdd(x, b0, c00);
            if (N.Count > 1) c01 = L.MultiplyAdd(x, b1, c01);
            if (N.Count > 2) c02 = L.MultiplyAdd(x, b2, c02);
            if (N.Count > 3) c03 = L.MultiplyAdd(x, b3, c03);
            x = L.Broadcast(a[aRow]);
            c10 = L.MultiplyAdd(x, b0, c10);
            if (N.Count > 1) c11 = L.MultiplyAdd(x, b1, c11);
            if (N.Count > 2) c12 = L.MultiplyAdd(x, b2, c12);
            if (N.Count > 3) c13 = L.MultiplyAdd(x, b3, c13);
            x = L.Broadcast(a[row2]);
            c20 = L.MultiplyAdd(x, b0, c20);
            if (N.Count > 1) c21 = L.MultiplyAdd(x, b1, c21);
            if (N.Count > 2) c22 = L.MultiplyAdd(x, b2, c22);
            if (N.Count > 3) c23 = L.MultiplyAdd(x, b3, c23);
            x = L.Broadcast(a[row3]);
            c30 = L.MultiplyAdd(x, b0, c30);
            if (N.Count > 1) c31 = L.MultiplyAdd(x, b1, c31);
            if (N.Count > 2) c32 = L.MultiplyAdd(x, b2, c32);
            if (N.Count > 3) c33 = L.MultiplyAdd(x, b3, c33);
            a += aDepth;
            b += bRow;
        }

        Finish<N>(c, 0, add, scale, c00, c01, c02, c03);
        Finish<N>(c + cRow, 1, add, scale, c10, c11, c12, c13);
        Finish<N>(c + 2 * cRow, 2, add, scale, c20, c21, c22, c23);
        Finish<N>(c + 3 * cRow, 3, add, scale, c30, c31, c32, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<N>(T* c, int row, bool add, T* scale, V x0, V x1, V x2, V x3) where N : struct, IVectors
    {
        if (add)
        {
            var s = L.Broadcast(scale == null ? T.One : scale[row]);
            x0 = L.MultiplyAdd(s, L.Load(c), x0);
            if (N.Count > 1) x1 = L.MultiplyAdd(s, L.Load(c + L.Count), x1);
            if (N.Count > 2) x2 = L.MultiplyAdd(s, L.Load(c + 2 * L.Count), x2);
            if (N.Count > 3) x3 = L.MultiplyAdd(s, L.Load(c + 3 * L.Count), x3);
        }

        L.Store(c, x0);
        if (N.Count > 1) L.Store(c + L.Count, x1);
        if (N.Count > 2) L.Store(c + 2 * L.Count, x2);
        if (N.Count > 3) L.Store(c + 3 * L.Count, x3);
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

    private readonly struct Vectors4 : IVectors
    {
        public static int Count => 4;
    }
}

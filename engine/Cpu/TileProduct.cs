using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>
/// Matrix products of tiles that live in the L1 and L2 caches: C = A B, C = C + A B or C = diag(scale) C + A B.
/// B and C are row-major with rows of whole vectors; A is read through two strides, so that it may be a transpose.
/// A micro-kernel keeps 4 rows by 4 vectors of C in registers, or 6 by 2 where there are 16 registers.
/// </summary>
internal static unsafe class TileProduct<T, V, L>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
    where L : struct, ILanes<T, V>
{
    /// <summary>Row counts are multiples of it.</summary>
    public const int RowStep = 4;

    /// <summary>C[r, c] = Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow) =>
        Run<Overwrite>(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, null);

    /// <summary>C[r, c] += Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow) =>
        Run<Sum>(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, null);

    /// <summary>C[r, c] = scale[r] C[r, c] + Σ_k A[r, k] B[k, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, T* scale) =>
        Run<ScaledSum>(rows, columns, depth, a, aRow, aDepth, b, bRow, c, cRow, scale);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<F>(int rows, int columns, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, T* scale)
        where F : struct, IFinish
    {
        // What is left after rows of 6 is 4 or twice 4.
        var sixes = L.ManyRegisters || rows < 6 ? 0 : rows % 6 == 2 ? rows - 8 : rows - rows % 6;
        var first = 0;
        while (first < columns)
        {
            // The panel of B stays in the L1 cache while the rows of A pass by.
            var vectors = (columns - first) / L.Count;
            T* panel = b + first, target = c + first, below = target + sixes * cRow, belowA = a + sixes * aRow;
            var belowScale = F.Scales ? scale + sixes : null;
            if (L.ManyRegisters && vectors >= 4)
            {
                Kernel<Four, Four, F>(rows, depth, a, aRow, aDepth, panel, bRow, target, cRow, scale);
                first += 4 * L.Count;
            }
            else if (vectors >= 2)
            {
                if (sixes > 0) Kernel<Six, Two, F>(sixes, depth, a, aRow, aDepth, panel, bRow, target, cRow, scale);
                Kernel<Four, Two, F>(rows - sixes, depth, belowA, aRow, aDepth, panel, bRow, below, cRow, belowScale);
                first += 2 * L.Count;
            }
            else
            {
                if (sixes > 0) Kernel<Six, One, F>(sixes, depth, a, aRow, aDepth, panel, bRow, target, cRow, scale);
                Kernel<Four, One, F>(rows - sixes, depth, belowA, aRow, aDepth, panel, bRow, below, cRow, belowScale);
                first += L.Count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Kernel<R, N, F>(int rows, int depth, T* a, nint aRow, nint aDepth, T* b, nint bRow, T* c, nint cRow, T* scale)
        where R : struct, ICount
        where N : struct, ICount
        where F : struct, IFinish
    {
        var aRow2 = 2 * aRow;
        for (; rows > 0; rows -= R.Value)
        {
            V c00 = L.Zero, c01 = c00, c02 = c00, c03 = c00;
            V c10 = c00, c11 = c00, c12 = c00, c13 = c00;
            V c20 = c00, c21 = c00, c22 = c00, c23 = c00;
            V c30 = c00, c31 = c00, c32 = c00, c33 = c00;
            V c40 = c00, c41 = c00, c50 = c00, c51 = c00;
            V b1 = c00, b2 = c00, b3 = c00;
            T* top = a, bottom = a + 3 * aRow, line = b;
            for (var k = depth; k > 0; k--)
            {
                var b0 = L.Load(line);
                if (N.Value > 1) b1 = L.Load(line + L.Count);
                if (N.Value > 2) b2 = L.Load(line + 2 * L.Count);
                if (N.Value > 3) b3 = L.Load(line + 3 * L.Count);
                var x = L.Broadcast(*top);
                c00 = L.MultiplyAdd(x, b0, c00);
                if (N.Value > 1) c01 = L.MultiplyAdd(x, b1, c01);
                if (N.Value > 2) c02 = L.MultiplyAdd(x, b2, c02);
                if (N.Value > 3) c03 = L.MultiplyAdd(x, b3, c03);
                x = L.Broadcast(top[aRow]);
                c10 = L.MultiplyAdd(x, b0, c10);
                if (N.Value > 1) c11 = L.MultiplyAdd(x, b1, c11);
                if (N.Value > 2) c12 = L.MultiplyAdd(x, b2, c12);
                if (N.Value > 3) c13 = L.MultiplyAdd(x, b3, c13);
                x = L.Broadcast(top[aRow2]);
                c20 = L.MultiplyAdd(x, b0, c20);
                if (N.Value > 1) c21 = L.MultiplyAdd(x, b1, c21);
                if (N.Value > 2) c22 = L.MultiplyAdd(x, b2, c22);
                if (N.Value > 3) c23 = L.MultiplyAdd(x, b3, c23);
                x = L.Broadcast(*bottom);
                c30 = L.MultiplyAdd(x, b0, c30);
                if (N.Value > 1) c31 = L.MultiplyAdd(x, b1, c31);
                if (N.Value > 2) c32 = L.MultiplyAdd(x, b2, c32);
                if (N.Value > 3) c33 = L.MultiplyAdd(x, b3, c33);
                if (R.Value > 4)
                {
                    x = L.Broadcast(bottom[aRow]);
                    c40 = L.MultiplyAdd(x, b0, c40);
                    if (N.Value > 1) c41 = L.MultiplyAdd(x, b1, c41);
                    x = L.Broadcast(bottom[aRow2]);
                    c50 = L.MultiplyAdd(x, b0, c50);
                    if (N.Value > 1) c51 = L.MultiplyAdd(x, b1, c51);
                }

                top += aDepth;
                bottom += aDepth;
                line += bRow;
            }

            Finish<N, F>(c, 0, scale, c00, c01, c02, c03);
            Finish<N, F>(c + cRow, 1, scale, c10, c11, c12, c13);
            Finish<N, F>(c + 2 * cRow, 2, scale, c20, c21, c22, c23);
            Finish<N, F>(c + 3 * cRow, 3, scale, c30, c31, c32, c33);
            if (R.Value > 4)
            {
                Finish<N, F>(c + 4 * cRow, 4, scale, c40, c41, c40, c40);
                Finish<N, F>(c + 5 * cRow, 5, scale, c50, c51, c50, c50);
            }

            a += R.Value * aRow;
            c += R.Value * cRow;
            if (F.Scales) scale += R.Value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<N, F>(T* c, int row, T* scale, V x0, V x1, V x2, V x3)
        where N : struct, ICount
        where F : struct, IFinish
    {
        if (F.Scales)
        {
            var s = L.Broadcast(scale[row]);
            x0 = L.MultiplyAdd(s, L.Load(c), x0);
            if (N.Value > 1) x1 = L.MultiplyAdd(s, L.Load(c + L.Count), x1);
            if (N.Value > 2) x2 = L.MultiplyAdd(s, L.Load(c + 2 * L.Count), x2);
            if (N.Value > 3) x3 = L.MultiplyAdd(s, L.Load(c + 3 * L.Count), x3);
        }
        else if (F.Adds)
        {
            x0 = L.Add(L.Load(c), x0);
            if (N.Value > 1) x1 = L.Add(L.Load(c + L.Count), x1);
            if (N.Value > 2) x2 = L.Add(L.Load(c + 2 * L.Count), x2);
            if (N.Value > 3) x3 = L.Add(L.Load(c + 3 * L.Count), x3);
        }

        L.Store(c, x0);
        if (N.Value > 1) L.Store(c + L.Count, x1);
        if (N.Value > 2) L.Store(c + 2 * L.Count, x2);
        if (N.Value > 3) L.Store(c + 3 * L.Count, x3);
    }

    /// <summary>What happens to C when the products are summed; a type each, so that the kernel for it has no branches.</summary>
    private interface IFinish
    {
        static abstract bool Adds { get; }

        static abstract bool Scales { get; }
    }

    private readonly struct Overwrite : IFinish
    {
        public static bool Adds => false;

        public static bool Scales => false;
    }

    private readonly struct Sum : IFinish
    {
        public static bool Adds => true;

        public static bool Scales => false;
    }

    private readonly struct ScaledSum : IFinish
    {
        public static bool Adds => true;

        public static bool Scales => true;
    }

    private interface ICount
    {
        static abstract int Value { get; }
    }

    private readonly struct One : ICount
    {
        public static int Value => 1;
    }

    private readonly struct Two : ICount
    {
        public static int Value => 2;
    }

    private readonly struct Four : ICount
    {
        public static int Value => 4;
    }

    private readonly struct Six : ICount
    {
        public static int Value => 6;
    }
}

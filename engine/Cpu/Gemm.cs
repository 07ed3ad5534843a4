using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>
/// C = alpha · op(A) op(B) + beta · addend on row-major matrices, op(X) = X or Xᵀ, f32 or f64. C is [M, N], op(A) [M, K], op(B) [K, N].
/// B is packed once per block into panels as wide as the micro-kernel's tile, A into strips as high, and the threads share both.
/// Work is split by shape and blocks of K run in order, so results do not depend on the number of threads. Beta 0 does not read C.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>Depth of a block: a panel of B (384 × 32 floats) lives in the L2 cache while rows of A pass by.</summary>
    private const int DepthBlock = 384;

    /// <summary>Columns of a block: 1.5 MiB of packed B, read again for every group of strips.</summary>
    private const int ColumnBlock = 1024;

    [ThreadStatic]
    private static nint _packed;

    [ThreadStatic]
    private static nuint _packedBytes;

    /// <summary>Vector width in bits used by <see cref="Run{T}"/>; tests lower it to reach the narrower code.</summary>
    internal static int VectorBits { get; set; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>
    /// C = alpha · op(A) op(B) + beta · addend; leading dimensions are row strides in elements. The addend lies in memory as C does and is C itself where
    /// none is given.
    /// </summary>
    public static void Run<T>(bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, int lda, T* b, int ldb, T beta, T* c, int ldc, T* addend = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0) return;
        if (addend == null) addend = c;
        if (k == 0 || alpha == T.Zero)
        {
            // As in BLAS, the operands are not read.
            Copy(m, n, addend, c, ldc);
            Scale(m, n, beta, c, ldc);
            return;
        }

        if (m <= RowProducts.MostRows && transposeB && !transposeA)
        {
            Copy(m, n, addend, c, ldc);
            RowProducts.Run(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
            return;
        }

        switch (VectorBits)
        {
            case 512: Blocks<T, Vector512<T>, Lanes512<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, addend); break;
            case 256: Blocks<T, Vector256<T>, Lanes256<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, addend); break;
            default: Blocks<T, Vector128<T>, Lanes128<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, addend); break;
        }
    }

    private static void Blocks<T, V, L>(bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, int lda, T* b, int ldb, T beta, T* c, int ldc, T* addend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        var columnBlock = Balanced(n, ColumnBlock, GemmShape<T, V, L>.Columns);
        var depthBlock = Balanced(k, DepthBlock, 1);
        var packedRows = transposeA && L.ManyRegisters ? Parts(m, GemmShape<T, V, L>.Rows) * GemmStrips<T, V, L>.Elements(depthBlock) : 0;
        var packed = ((nint)columnBlock * depthBlock + packedRows + 15) & -16;
        var scratch = Product<T, V, L>.Scratch(depthBlock);
        var memory = (T*)Packed((nuint)(packed + RowParallel.Threads * scratch) * (nuint)sizeof(T));
        for (var column = 0; column < n; column += columnBlock)
        {
            for (var depth = 0; depth < k; depth += depthBlock)
            {
                var (columns, depths) = (Math.Min(columnBlock, n - column), Math.Min(depthBlock, k - depth));
                var panels = new GemmPanels<T, V, L>(b + (transposeB ? (nint)column * ldb + depth : (nint)depth * ldb + column), ldb, transposeB, columns, depths, memory);
                var strips = new GemmStrips<T, V, L>(a + (transposeA ? (nint)depth * lda : depth), lda, transposeA, memory + (nint)columnBlock * depthBlock, m, depths, panels.Count);
                RowParallel.For(panels.Tasks + strips.Tasks, (panels, strips), static (p, i) =>
                {
                    if (i < p.panels.Tasks) p.panels.Pack(i);
                    else p.strips.Pack(i - p.panels.Tasks);
                });
                var product = new Product<T, V, L>(strips, panels, depths, alpha, depth == 0 ? beta : T.One, c + column, (depth == 0 ? addend : c) + column, ldc, memory + packed, scratch);
                RowParallel.For(product.Tasks, product, static (in p, i, worker) => p.Run(i, worker), RowParallel.Threads);
            }
        }
    }

    private static void Copy<T>(int m, int n, T* from, T* to, int ld) where T : unmanaged
    {
        if (from == to) return;
        for (var i = 0; i < m; i++) new ReadOnlySpan<T>(from + (long)i * ld, n).CopyTo(new(to + (long)i * ld, n));
    }

    private static void Scale<T>(int m, int n, T beta, T* c, int ldc) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < m; i++)
        {
            var row = new Span<T>(c + (long)i * ldc, n);
            if (beta == T.Zero) row.Clear();
            else if (beta != T.One) System.Numerics.Tensors.TensorPrimitives.Multiply(row, beta, row);
        }
    }

    private static nint Packed(nuint bytes)
    {
        if (bytes <= _packedBytes) return _packed;
        NativeMemory.AlignedFree((void*)_packed);
        (_packed, _packedBytes) = ((nint)NativeMemory.AlignedAlloc(bytes, 4096), bytes);
        return _packed;
    }

    private static int Parts(int value, int size) => (value + size - 1) / size;

    /// <summary>Size of equal blocks, at most <paramref name="largest"/> and multiples of <paramref name="step"/>, that cover <paramref name="length"/>.</summary>
    private static int Balanced(int length, int largest, int step) => Parts(Parts(length, Parts(length, largest)), step) * step;

    /// <summary>One block of the product; a task is a group of strips times a group of panels.</summary>
    private readonly struct Product<T, V, L>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        /// <summary>Elements before a worker's strips; the first holds the group that it has copied, counted from 1.</summary>
        private const int Header = 16;

        private readonly GemmStrips<T, V, L> _strips;
        private readonly GemmPanels<T, V, L> _panels;
        private readonly int _depth, _stripGroups, _panelGroups;
        private readonly T _alpha, _beta;
        private readonly T* _c, _addend, _scratch;
        private readonly nint _ldc, _scratchPerWorker;

        public Product(in GemmStrips<T, V, L> strips, in GemmPanels<T, V, L> panels, int depth, T alpha, T beta, T* c, T* addend, nint ldc, T* scratch, nint scratchPerWorker)
        {
            (_strips, _panels, _depth, _alpha, _beta, _ldc, _scratchPerWorker) = (strips, panels, depth, alpha, beta, ldc, scratchPerWorker);
            _c = c;
            _addend = addend;
            _scratch = scratch;
            _stripGroups = Math.Clamp(GemmShape<T, V, L>.StripGroups, Parts(strips.Count, GemmShape<T, V, L>.StripsPerTask), strips.Count);
            _panelGroups = Math.Clamp(Parts(GemmShape<T, V, L>.FewTasks, _stripGroups), 1, panels.Count);
            for (var worker = 0; worker < RowParallel.Threads; worker++) *(int*)(scratch + worker * scratchPerWorker) = 0;
        }

        public int Tasks => _stripGroups * _panelGroups;

        /// <summary>Elements of scratch per thread.</summary>
        public static nint Scratch(int depth) => Header + GemmShape<T, V, L>.StripsPerTask * GemmStrips<T, V, L>.Elements(depth);

        public void Run(int task, int worker)
        {
            int height = GemmShape<T, V, L>.Rows, width = GemmShape<T, V, L>.Columns;
            var (stripGroup, panelGroup) = Math.DivRem(task, _panelGroups);
            int firstStrip = _strips.Count * stripGroup / _stripGroups, endStrip = _strips.Count * (stripGroup + 1) / _stripGroups;
            int firstPanel = _panels.Count * panelGroup / _panelGroups, endPanel = _panels.Count * (panelGroup + 1) / _panelGroups;
            var scratch = _scratch + worker * _scratchPerWorker;
            var copied = *(int*)scratch == stripGroup + 1;
            *(int*)scratch = stripGroup + 1;
            var loaded = stackalloc GemmStrips<T, V, L>.Strip[endStrip - firstStrip];
            _strips.Load(firstStrip, endStrip, scratch + Header, copied, loaded);
            var edge = stackalloc T[height * width];
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var b = _panels.Panel(panel);
                var columns = _panels.Present(panel);
                for (var strip = firstStrip; strip < endStrip; strip++)
                {
                    var rows = _strips.Present(strip);
                    var place = strip * height * _ldc + panel * width;
                    T* target = _c + place, addend = _addend + place;
                    var whole = GemmTile.IsWhole<T, V, L>(rows, columns);
                    var store = new TileStore<T>(whole ? target : edge, whole ? addend : edge, whole ? _ldc : width, _alpha, whole ? _beta : T.Zero);
                    var a = loaded[strip - firstStrip];
                    GemmTile.Run<T, V, L>(rows, columns, _depth, a.Data, a.Row, a.Depth, b, store);
                    if (!whole) GemmTile.AddEdge(rows, columns, edge, width, _beta, target, addend, _ldc);
                }
            }
        }
    }
}

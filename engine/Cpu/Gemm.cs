using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>
/// C = alpha · op(A) op(B) + beta · C on row-major matrices, op(X) = X or Xᵀ, f32 or f64. C is [M, N], op(A) [M, K], op(B) [K, N].
/// B is packed once per block into panels as wide as the micro-kernel's tile and shared by the threads; A is packed only when it is transposed.
/// Work is split by shape and blocks of K run in order, so results do not depend on the number of threads. Beta 0 does not read C.
/// </summary>
internal static unsafe class Gemm
{
    /// <summary>Depth of a block: a panel of B (384 × 32 floats) lives in the L2 cache while rows of A pass by.</summary>
    private const int DepthBlock = 384;

    private const int ColumnBlock = 3072;
    private const int RowBlock = 3072;
    private const int RowsPerTask = 8 * GemmTile.Rows;

    [ThreadStatic]
    private static nint _packed;

    [ThreadStatic]
    private static nuint _packedBytes;

    /// <summary>Vector width in bits used by <see cref="Run{T}"/>; tests lower it to reach the narrower code.</summary>
    internal static int VectorBits { get; set; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>C = alpha · op(A) op(B) + beta · C; leading dimensions are row strides in elements.</summary>
    public static void Run<T>(bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, int lda, T* b, int ldb, T beta, T* c, int ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0) return;
        switch (VectorBits)
        {
            case 512: Blocks<T, Vector512<T>, Lanes512<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); break;
            case 256: Blocks<T, Vector256<T>, Lanes256<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); break;
            default: Blocks<T, Vector128<T>, Lanes128<T>>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc); break;
        }
    }

    private static void Blocks<T, V, L>(bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, int lda, T* b, int ldb, T beta, T* c, int ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        if (k == 0 || alpha == T.Zero)
        {
            Scale(m, n, beta, c, ldc);
            return;
        }

        var width = 2 * L.Count;
        var columnBlock = Math.Min(ColumnBlock, RoundUp(n, width));
        var rowBlock = Math.Min(RowBlock, RoundUp(m, GemmTile.Rows));
        var depthBlock = Math.Min(DepthBlock, k);
        var panelsBytes = (nuint)columnBlock * (nuint)depthBlock * (nuint)sizeof(T);
        var stripsBytes = transposeA ? (nuint)rowBlock * (nuint)depthBlock * (nuint)sizeof(T) : 0;
        var panels = (T*)Packed(panelsBytes + stripsBytes);
        var strips = (T*)((byte*)panels + panelsBytes);
        for (var column = 0; column < n; column += columnBlock)
        {
            for (var depth = 0; depth < k; depth += depthBlock)
            {
                var (columns, depths) = (Math.Min(columnBlock, n - column), Math.Min(depthBlock, k - depth));
                var packB = new PackB<T>(b + (transposeB ? (long)column * ldb + depth : (long)depth * ldb + column), ldb, transposeB, columns, depths, width, panels);
                RowParallel.For(RoundUp(columns, width) / width, packB, static (p, i) => p.Run(i));
                for (var row = 0; row < m; row += rowBlock)
                {
                    var rows = Math.Min(rowBlock, m - row);
                    var left = a + (transposeA ? (long)depth * lda + row : (long)row * lda + depth);
                    nint leftRow = lda, leftDepth = 1;
                    if (transposeA)
                    {
                        var packA = new PackA<T>(left, lda, rows, depths, strips);
                        RowParallel.For(RoundUp(rows, GemmTile.Rows) / GemmTile.Rows, packA, static (p, i) => p.Run(i));
                    }

                    var product = new Product<T, V, L>(rows, columns, depths, alpha, left, leftRow, leftDepth, transposeA ? strips : null, panels,
                        depth == 0 ? beta : T.One, c + (long)row * ldc + column, ldc);
                    RowParallel.For(product.Tasks, product, static (p, i) => p.Run(i));
                }
            }
        }
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

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Packs columns of op(B) into panels [depth][width], zero-padded on the right.</summary>
    private readonly struct PackB<T>(T* b, int ldb, bool transpose, int columns, int depth, int width, T* panels)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int Chunk = 16;

        public void Run(int panel)
        {
            var first = panel * width;
            var present = Math.Min(width, columns - first);
            var target = panels + (long)panel * width * depth;
            if (present < width) new Span<T>(target, width * depth).Clear();
            if (!transpose)
            {
                for (var p = 0; p < depth; p++)
                    Buffer.MemoryCopy(b + (long)p * ldb + first, target + (long)p * width, width * sizeof(T), present * sizeof(T));
                return;
            }

            // Chunks of depth keep the lines that are written in the L1 cache while the columns pass by.
            for (var p0 = 0; p0 < depth; p0 += Chunk)
            {
                var end = Math.Min(depth, p0 + Chunk);
                for (var j = 0; j < present; j++)
                {
                    var source = b + (long)(first + j) * ldb;
                    for (var p = p0; p < end; p++) target[(long)p * width + j] = source[p];
                }
            }
        }
    }

    /// <summary>Packs rows of op(A) = Aᵀ into strips [depth][rows of a tile], zero-padded below.</summary>
    private readonly struct PackA<T>(T* a, int lda, int rows, int depth, T* strips) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int strip)
        {
            var first = strip * GemmTile.Rows;
            var present = Math.Min(GemmTile.Rows, rows - first);
            var target = strips + (long)first * depth;
            if (present < GemmTile.Rows) new Span<T>(target, GemmTile.Rows * depth).Clear();
            for (var p = 0; p < depth; p++)
                Buffer.MemoryCopy(a + (long)p * lda + first, target + (long)p * GemmTile.Rows, GemmTile.Rows * sizeof(T), present * sizeof(T));
        }
    }

    /// <summary>One block of the product; a task is a group of tile rows times a group of panels.</summary>
    private readonly struct Product<T, V, L>(int rows, int columns, int depth, T alpha, T* a, nint aRow, nint aDepth, T* strips, T* panels, T beta, T* c, int ldc)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct
        where L : struct, ILanes<T, V>
    {
        private const int PanelsPerTask = 8;

        private int Panels => RoundUp(columns, 2 * L.Count) / (2 * L.Count);

        private int PanelGroups => RoundUp(Panels, PanelsPerTask) / PanelsPerTask;

        public int Tasks => RoundUp(rows, RowsPerTask) / RowsPerTask * PanelGroups;

        public void Run(int task)
        {
            var width = 2 * L.Count;
            var firstRow = task / PanelGroups * RowsPerTask;
            var firstPanel = task % PanelGroups * PanelsPerTask;
            var endRow = Math.Min(rows, firstRow + RowsPerTask);
            var endPanel = Math.Min(Panels, firstPanel + PanelsPerTask);
            var edge = stackalloc T[GemmTile.Rows * width];
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var b = panels + (long)panel * width * depth;
                var presentColumns = Math.Min(width, columns - panel * width);
                for (var row = firstRow; row < endRow; row += GemmTile.Rows)
                {
                    var presentRows = Math.Min(GemmTile.Rows, rows - row);
                    var target = c + (long)row * ldc + panel * width;
                    var whole = presentRows == GemmTile.Rows && presentColumns == width;
                    var store = new TileStore<T>(whole ? target : edge, whole ? ldc : width, alpha, whole ? beta : T.Zero);
                    if (strips != null) GemmTile.Run<T, V, L>(depth, strips + (long)row * depth, 1, GemmTile.Rows, b, store);
                    else if (presentRows == GemmTile.Rows) GemmTile.Run<T, V, L>(depth, a + row * aRow, aRow, aDepth, b, store);
                    else GemmTile.RunRows<T, V, L>(presentRows, depth, a + row * aRow, aRow, b, store);
                    if (!whole) GemmTile.AddEdge(presentRows, presentColumns, edge, width, beta, target, ldc);
                }
            }
        }
    }
}

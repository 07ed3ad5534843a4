using System.Runtime.InteropServices;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Cuda;

/// <summary>
/// cuBLAS over simulated memory: column-major products with f32 sums by the engine's own <see cref="Cpu.Gemm"/>, results rounded once. Operands must have been written.
/// </summary>
public sealed unsafe class SimulatedBlas : IBlas
{
    private const string Call = "cublasGemmStridedBatchedEx";

    private readonly GlobalMemory _memory;
    private readonly SimulatedDriver? _driver;
    private float* _scratch;
    private nuint _scratchCount;

    internal SimulatedBlas(GlobalMemory memory, SimulatedDriver? driver = null) => (_memory, _driver) = (memory, driver);

    /// <inheritdoc/>
    public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch)
    {
        Check(transposeA, transposeB, m, n, k, a, b, c, batch);
        if (m == 0 || n == 0 || Recorded(transposeA, transposeB, m, n, k, alpha, a, b, beta, c, batch)) return;
        var left = new Columns(a, transposeA ? k : m, transposeA ? m : k);
        var right = new Columns(b, transposeB ? n : k, transposeB ? k : n);
        var result = new Columns(c, m, n);
        var needed = Wide(left) + Wide(right) + Wide(result);
        if (needed > _scratchCount)
        {
            NativeMemory.AlignedFree(_scratch);
            _scratch = (float*)NativeMemory.AlignedAlloc(needed * sizeof(float), 64);
            _scratchCount = needed;
        }

        for (var i = 0; i < batch; i++)
        {
            var spare = _scratch;
            float* x = null, y = null;
            int strideX = 1, strideY = 1;
            if (k > 0 && alpha != 0)
            {
                x = Read(left, i, ref spare, out strideX);
                y = Read(right, i, ref spare, out strideY);
            }

            // A column-major matrix is the transpose of the row-major one in the same memory: C' = op(B)' op(A)'.
            if (c.DType == DType.F32)
            {
                var target = Host(result, i, write: true, read: beta != 0);
                Cpu.Gemm.Run(transposeB, transposeA, n, m, k, alpha, y, strideY, x, strideX, beta, (float*)target, c.Leading);
                continue;
            }

            var sum = beta != 0 ? Read(result, i, ref spare, out _) : spare;
            Cpu.Gemm.Run(transposeB, transposeA, n, m, k, alpha, y, strideY, x, strideX, beta, sum, m);
            var rounded = (BFloat16*)Host(result, i, write: true, read: false);
            for (var column = 0; column < n; column++)
                BFloat16.Round(new ReadOnlySpan<float>(sum + (long)column * m, m), new Span<BFloat16>(rounded + (long)column * c.Leading, m));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_scratch);
        _scratch = null;
        _scratchCount = 0;
    }

    private bool Recorded(bool transposeA, bool transposeB, int m, int n, int k, float alpha, BlasMatrix a, BlasMatrix b, float beta, BlasMatrix c, int batch) =>
        _driver is { IsCapturing: true } driver && driver.Record(() => Gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c, batch));

    private static nuint Wide(in Columns x) => x.Matrix.DType == DType.BF16 ? (nuint)x.Rows * (nuint)x.Count : 0;

    /// <summary>The matrix as floats: in place, or widened into scratch memory.</summary>
    private float* Read(in Columns x, int index, ref float* spare, out int stride)
    {
        var source = Host(x, index, write: false, read: true);
        stride = x.Matrix.Leading;
        if (x.Matrix.DType == DType.F32) return (float*)source;
        var wide = spare;
        spare += Wide(x);
        stride = x.Rows;
        for (var column = 0; column < x.Count; column++)
            BFloat16.Widen(new ReadOnlySpan<BFloat16>((BFloat16*)source + (long)column * x.Matrix.Leading, x.Rows), new Span<float>(wide + (long)column * x.Rows, x.Rows));
        return wide;
    }

    /// <summary>Host address of a matrix of the batch; every column is checked, and only the elements themselves, not the gaps between columns.</summary>
    private byte* Host(in Columns x, int index, bool write, bool read)
    {
        var size = x.Matrix.DType.Size;
        var first = (ulong)x.Matrix.Address + (ulong)(index * x.Matrix.Stride * size);
        var whole = x.Rows == x.Matrix.Leading || x.Count == 1;
        var (runs, run) = whole ? (1, (nuint)x.Rows * (nuint)x.Count * (nuint)size) : (x.Count, (nuint)x.Rows * (nuint)size);
        byte* host = null;
        for (var i = 0; i < runs; i++)
        {
            var address = first + (ulong)i * (ulong)x.Matrix.Leading * (ulong)size;
            if (read) RequireWritten(address, run);
            var place = _memory.Host(address, run, write);
            if (i == 0) host = place;
        }

        return host;
    }

    private void RequireWritten(ulong address, nuint bytes)
    {
        _memory.Host(address, bytes, write: false);
        var allocation = _memory.Find(address)!;
        var offset = (nuint)(address - allocation.Address);
        var first = ByteBits.FirstClear(allocation.Written, offset, bytes);
        if (first < offset + bytes) throw Invalid($"reads byte {first} of {allocation.Name}, which was never written");
    }

    private static void Check(bool transposeA, bool transposeB, int m, int n, int k, in BlasMatrix a, in BlasMatrix b, in BlasMatrix c, int batch)
    {
        if (m < 0 || n < 0 || k < 0 || batch < 0) throw Invalid($"m, n, k and batch must not be negative; got {m}, {n}, {k}, {batch}");
        if (a.DType is not (DType.F32 or DType.BF16) || b.DType != a.DType || (c.DType != a.DType && c.DType != DType.F32))
            throw Invalid($"A and B must both be f32 or bf16, C the same or f32; got {a.DType.Name}, {b.DType.Name}, {c.DType.Name}");
        Leading("A", a, transposeA ? k : m);
        Leading("B", b, transposeB ? n : k);
        Leading("C", c, m);
        if (batch > 1 && c.Stride < (long)c.Leading * (n - 1) + m && (c.Stride < m || c.Leading < m + (batch - 1) * c.Stride))
            throw Invalid($"the matrices of C overlap: stride {c.Stride} for {m} by {n} with leading dimension {c.Leading}");
    }

    private static void Leading(string name, in BlasMatrix matrix, int rows)
    {
        if (matrix.Leading < Math.Max(1, rows)) throw Invalid($"leading dimension of {name} is {matrix.Leading}, less than its {rows} rows");
        if (matrix.Address == 0) throw Invalid($"{name} has no memory");
    }

    private static CudaException Invalid(string what) => new($"{Call}: {what}.");

    private readonly record struct Columns(BlasMatrix Matrix, int Rows, int Count);
}

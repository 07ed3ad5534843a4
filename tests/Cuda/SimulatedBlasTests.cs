using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>The simulated cuBLAS against sums in double over column-major index formulas.</summary>
public sealed class SimulatedBlasTests : IDisposable
{
    private readonly GlobalMemory _memory = new();
    private readonly SimulatedBlas _blas;
    private readonly Random _random = new(31);

    public SimulatedBlasTests() => _blas = new SimulatedBlas(_memory);

    public void Dispose()
    {
        _blas.Dispose();
        _memory.Dispose();
    }

    [Theory]
    [InlineData(DType.F32, DType.F32)]
    [InlineData(DType.BF16, DType.BF16)]
    [InlineData(DType.BF16, DType.F32)]
    public void EveryTransposeStrideAndBeta(DType input, DType output)
    {
        foreach (var (transposeA, transposeB) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var (m, n, k, gap) in new[] { (1, 1, 1, 0), (7, 5, 3, 0), (13, 33, 40, 3), (64, 20, 0, 1), (3, 70, 9, 5) })
            {
                foreach (var (alpha, beta) in new[] { (1f, 0f), (0.5f, 1f), (-2f, 0.25f), (0f, 1f) })
                {
                    const int batch = 2;
                    var a = New(input, transposeA ? k : m, transposeA ? m : k, gap, batch);
                    var b = New(input, transposeB ? n : k, transposeB ? k : n, gap, batch);
                    var c = New(output, m, n, gap, batch);
                    var old = c.Read(this);
                    _blas.Gemm(transposeA, transposeB, m, n, k, alpha, a.Matrix, b.Matrix, beta, c.Matrix, batch);
                    float[] x = a.Read(this), y = b.Read(this), z = c.Read(this);
                    for (var i = 0; i < batch; i++)
                    {
                        for (var row = 0; row < m; row++)
                        {
                            for (var column = 0; column < n; column++)
                            {
                                double sum = 0, size = 0;
                                for (var p = 0; p < k; p++)
                                {
                                    var left = x[a.At(i, transposeA ? p : row, transposeA ? row : p)];
                                    var right = y[b.At(i, transposeB ? column : p, transposeB ? p : column)];
                                    sum += (double)left * right;
                                    size += Math.Abs((double)left * right);
                                }

                                var at = c.At(i, row, column);
                                var expected = alpha * sum + beta * old[at];
                                // k + 2 additions in f32, then at most one rounding to 8 bits.
                                var bound = (Math.Abs(alpha) * size + Math.Abs(beta * old[at])) * (k + 2) * Math.ScaleB(1, -24);
                                if (output == DType.BF16) bound += (Math.Abs(expected) + bound) * Math.ScaleB(1, -8);
                                Assert.True(Math.Abs(z[at] - expected) <= bound, $"({m}, {n}, {k}) {transposeA} {transposeB} [{i}, {row}, {column}]: {z[at]} instead of {expected}, bound {bound}");
                            }
                        }
                    }

                    // The gaps between columns stay as they were.
                    for (var i = 0; i < batch; i++)
                        for (var column = 0; column < n; column++)
                            for (var row = m; row < m + gap; row++) Assert.Equal(old[c.At(i, row, column)], z[c.At(i, row, column)]);
                }
            }
        }
    }

    /// <summary>1 + 1.5 · 2^-8 lies above the middle between 1 and the next bf16, 1 + 2^-7.</summary>
    [Fact]
    public void ResultIsRoundedOnceToNearest()
    {
        var a = New(DType.BF16, 1, 2, 0, 1, 1f, 1f);
        var b = New(DType.BF16, 2, 1, 0, 1, 1f, MathF.ScaleB(1.5f, -8));
        var c = New(DType.BF16, 1, 1, 0, 1);
        _blas.Gemm(false, false, 1, 1, 2, 1, a.Matrix, b.Matrix, 0, c.Matrix, 1);
        Assert.Equal(1 + MathF.ScaleB(1f, -7), c.Read(this)[0]);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.BF16)]
    public void BetaZeroDoesNotReadC(DType dtype)
    {
        var (a, b) = (New(dtype, 4, 4, 0, 1), New(dtype, 4, 4, 0, 1));
        var c = New(dtype, 4, 4, 0, 1, float.NaN, float.NaN, float.NaN);
        _blas.Gemm(false, true, 4, 4, 4, 1, a.Matrix, b.Matrix, 0, c.Matrix, 1);
        Assert.All(c.Read(this), value => Assert.True(float.IsFinite(value)));
        var unwritten = new Host(new BlasMatrix((nint)_memory.Allocate((nuint)(16 * dtype.Size), "c"), dtype, 4, 16), 4, 4, 0);
        _blas.Gemm(false, true, 4, 4, 4, 1, a.Matrix, b.Matrix, 0, unwritten.Matrix, 1);
        // Now it is written.
        _blas.Gemm(false, true, 4, 4, 4, 1, a.Matrix, b.Matrix, 1, unwritten.Matrix, 1);
    }

    [Fact]
    public void UnwrittenOperandsAreRefused()
    {
        var a = New(DType.F32, 4, 4, 0, 1);
        var empty = new BlasMatrix((nint)_memory.Allocate(64, "b of the test"), DType.F32, 4);
        var failure = Assert.Throws<CudaException>(() => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, empty, 0, New(DType.F32, 4, 4, 0, 1).Matrix, 1));
        Assert.Equal("cublasGemmStridedBatchedEx: reads byte 0 of b of the test, which was never written.", failure.Message);
        Assert.Throws<CudaException>(() => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, a.Matrix, 1, empty, 1));
    }

    [Fact]
    public void WrongArgumentsAreRefusedByName()
    {
        var a = New(DType.F32, 4, 4, 0, 1);
        var half = New(DType.BF16, 4, 4, 0, 1);
        var c = New(DType.F32, 4, 4, 0, 1);
        void Refused(string part, Action call)
        {
            var failure = Assert.Throws<CudaException>(call);
            Assert.StartsWith("cublasGemmStridedBatchedEx: ", failure.Message, StringComparison.Ordinal);
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }

        Refused("leading dimension of A is 3", () => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix with { Leading = 3 }, a.Matrix, 0, c.Matrix, 1));
        Refused("leading dimension of B is 3", () => _blas.Gemm(false, true, 4, 4, 4, 1, a.Matrix, a.Matrix with { Leading = 3 }, 0, c.Matrix, 1));
        Refused("leading dimension of C is 2", () => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, a.Matrix, 0, c.Matrix with { Leading = 2 }, 1));
        Refused("must not be negative", () => _blas.Gemm(false, false, -1, 4, 4, 1, a.Matrix, a.Matrix, 0, c.Matrix, 1));
        Refused("got f32, bf16, f32", () => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, half.Matrix, 0, c.Matrix, 1));
        Refused("got f32, f32, bf16", () => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, a.Matrix, 0, half.Matrix, 1));
        Refused("overlap", () => _blas.Gemm(false, false, 4, 4, 4, 1, a.Matrix, a.Matrix, 0, c.Matrix with { Stride = 3 }, 2));
        var failure = Assert.Throws<CudaException>(() => _blas.Gemm(false, false, 4, 5, 4, 1, a.Matrix, New(DType.F32, 4, 5, 0, 1).Matrix, 0, c.Matrix, 1));
        Assert.Contains("leave", failure.Message, StringComparison.Ordinal);
    }

    private Host New(DType dtype, int rows, int columns, int gap, int batch, params float[] values)
    {
        var stride = (long)(rows + gap) * columns + gap;
        var count = (int)Math.Max(1, stride * batch);
        var bytes = (nuint)(count * dtype.Size);
        var host = new Host(new BlasMatrix((nint)_memory.Allocate(bytes, "matrix"), dtype, Math.Max(1, rows + gap), stride), rows, columns, count);
        var data = new float[count];
        for (var i = 0; i < count; i++) data[i] = i < values.Length ? values[i] : _random.NextSingle() * 2 - 1;
        if (dtype == DType.F32) data.CopyTo(Floats(host, write: true));
        else BFloat16.Round(data, MemoryMarshal.Cast<byte, BFloat16>(Bytes(host, write: true)));
        return host;
    }

    private Span<float> Floats(Host host, bool write) => MemoryMarshal.Cast<byte, float>(Bytes(host, write));

    private unsafe Span<byte> Bytes(Host host, bool write)
    {
        var bytes = host.Count * host.Matrix.DType.Size;
        return new Span<byte>(_memory.Host((ulong)host.Matrix.Address, (nuint)bytes, write), bytes);
    }

    private sealed record Host(BlasMatrix Matrix, int Rows, int Columns, int Count)
    {
        public int At(int batch, int row, int column) => (int)(batch * Matrix.Stride + (long)column * Matrix.Leading + row);

        public float[] Read(SimulatedBlasTests test)
        {
            var values = new float[Count];
            if (Matrix.DType == DType.F32) test.Floats(this, write: false).CopyTo(values);
            else BFloat16.Widen(MemoryMarshal.Cast<byte, BFloat16>(test.Bytes(this, write: false)), values);
            return values;
        }
    }
}

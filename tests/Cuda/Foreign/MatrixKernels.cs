using System.Numerics;
using SiaEngine.Cuda;
using static SiaEngine.Tests.Cuda.Foreign.ForeignKernels;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>Products, tensor cores, stencils and transforms.</summary>
internal static class MatrixKernels
{
    public static ForeignKernel[] All =>
    [
        new("gemm_tiled", static run =>
        {
            const int m = 20, n = 37, k = 35;
            var (a, b) = (Floats(11, m * k), Floats(12, k * n));
            var c = run.Out<float>(m * n);
            run.Launch("gemm_tiled", new LaunchShape(3, 2, 1, 16, 16), run.In(a), run.In(b), c, m, n, k);
            run.Near(Product(a, b, m, n, k), c.Read(), 0, 2e-5);
        }),
        new("mma_bf16", static run =>
        {
            const int m = 32, n = 64, k = 48;
            var (a, b) = (Rounded(13, m * k), Rounded(14, k * n));
            var c = run.Out<float>(m * n);
            run.Launch("mma_bf16", new LaunchShape(n / 32, m / 32, 1, 128), run.In(Bits(a)), run.In(Bits(b)), c, n, k);
            run.Near(Product(a, b, m, n, k), c.Read(), 0, 5e-5);
        }),
        new("mma_int8", static run =>
        {
            var (a, b, c) = (Bytes(15, 512), Bytes(16, 256), Integers(17, 128, -1000, 1000));
            var d = run.Out<int>(128);
            run.Launch("mma_int8", new LaunchShape(1, 1, 1, 32), run.In(a), run.In(b), run.In(c), d);
            var expected = new int[128];
            for (var i = 0; i < 128; i++)
            {
                expected[i] = c[i];
                for (var p = 0; p < 32; p++) expected[i] += (sbyte)a[i / 8 * 32 + p] * (sbyte)b[p * 8 + i % 8];
            }

            run.Same<int>(expected, d.Read());
        }),
        new("cp_async", static run =>
        {
            const int rows = 3, columns = 5 * 256;
            var (matrix, vector) = (Floats(18, rows * columns), Floats(19, columns));
            var y = run.Out<float>(rows);
            run.Launch("cp_async", new LaunchShape(rows, 1, 1, 64), run.In(matrix), run.In(vector), y, columns);
            run.Near(Product(matrix, vector, rows, 1, columns), y.Read(), 0, 1e-4);
        }),
        new("transpose", static run =>
        {
            const int rows = 45, columns = 70;
            var x = Doubles(20, rows * columns);
            var y = run.Out<double>(x.Length);
            run.Launch("transpose", new LaunchShape(3, 2, 1, 32, 8), run.In(x), y, rows, columns);
            var expected = new double[x.Length];
            for (var i = 0; i < x.Length; i++) expected[i % columns * rows + i / columns] = x[i];
            run.Same<double>(expected, y.Read());
        }),
        new("stencil3d", static run =>
        {
            const int nx = 13, ny = 6, nz = 5;
            var x = Floats(21, nx * ny * nz);
            var y = run.Out<float>(x.Length);
            run.Launch("stencil3d", new LaunchShape(2, 2, 2, 8, 4, 4), run.In(x), y, nx, ny, nz);
            var expected = new double[x.Length];
            for (var at = 0; at < x.Length; at++)
            {
                int i = at % nx, j = at / nx % ny, k = at / nx / ny;
                float At(int a, int b, int c) => x[(Math.Clamp(c, 0, nz - 1) * ny + Math.Clamp(b, 0, ny - 1)) * nx + Math.Clamp(a, 0, nx - 1)];
                expected[at] = 6.0 * x[at] - At(i - 1, j, k) - At(i + 1, j, k) - At(i, j - 1, k) - At(i, j + 1, k) - At(i, j, k - 1) - At(i, j, k + 1);
            }

            run.Near(expected, y.Read(), 0, 1e-5);
        }),
        new("convolution", static run =>
        {
            const int width = 21, height = 11;
            var image = Bytes(22, width * height);
            var y = run.Out<float>(image.Length);
            run.Launch("convolution", new LaunchShape(2, 2, 1, 16, 8), run.In(image), y, width, height);
            int[] binomial = [1, 4, 6, 4, 1];
            var expected = new double[image.Length];
            for (var at = 0; at < image.Length; at++)
            {
                for (var tap = 0; tap < 25; tap++)
                {
                    int px = at % width + tap % 5 - 2, py = at / width + tap / 5 - 2;
                    if (px >= 0 && px < width && py >= 0 && py < height) expected[at] += binomial[tap % 5] * binomial[tap / 5] * image[py * width + px] / 256.0;
                }
            }

            run.Near(expected, y.Read(), 1e-6);
        }),
        new("fft", static run =>
        {
            var x = Floats(23, 4 * 64);
            var y = run.Out<float>(x.Length);
            run.Launch("fft", new LaunchShape(2, 1, 1, 64), run.In(x), y);
            var expected = new double[x.Length];
            for (var block = 0; block < 2; block++)
            {
                for (var f = 0; f < 64; f++)
                {
                    Complex sum = 0;
                    for (var t = 0; t < 64; t++)
                        sum += new Complex(x[128 * block + 2 * t], x[128 * block + 2 * t + 1]) * Complex.FromPolarCoordinates(1, -2 * Math.PI * f * t / 64);
                    (expected[128 * block + 2 * f], expected[128 * block + 2 * f + 1]) = (sum.Real, sum.Imaginary);
                }
            }

            run.Near(expected, y.Read(), 0, 2e-5);
        }, Clang: false),
        new("inverse4x4", static run =>
        {
            const int count = 40;
            var x = Doubles(24, 16 * count);
            var y = run.Out<double>(x.Length);
            run.Launch("inverse4x4", LaunchShape.Elements(count, 32), run.In(x), y, count);
            var inverse = y.Read();
            for (var i = 0; i < count; i++)
            {
                var (a, b) = (x.AsSpan(16 * i, 16).ToArray(), inverse.AsSpan(16 * i, 16).ToArray());
                for (var e = 0; e < 16; e++)
                {
                    double sum = 0, size = 0;
                    for (var p = 0; p < 4; p++)
                    {
                        sum += a[e / 4 * 4 + p] * b[p * 4 + e % 4];
                        size += Math.Abs(b[p * 4 + e % 4]);
                    }

                    Assert.True(Math.Abs(sum - (e / 4 == e % 4 ? 1 : 0)) <= 1e-13 * (1 + size * size), $"matrix {i}, element {e}: {sum}");
                }
            }
        }),
        new("matrix_power", static run =>
        {
            var y = run.Out<ulong>(32);
            run.Launch("matrix_power", new LaunchShape(1, 1, 1, 32), y);
            var expected = new ulong[32];
            (expected[0], expected[1]) = (0, 1);
            for (var i = 2; i < 32; i++) expected[i] = expected[i - 1] + expected[i - 2];
            run.Same<ulong>(expected, y.Read());
        }),
        new("nbody", static run =>
        {
            const int count = 100;
            var bodies = Floats(25, 4 * count);
            var y = run.Out<float>(4 * count);
            run.Launch("nbody", LaunchShape.Elements(count, 64), run.In(bodies), y, count);
            var expected = new double[4 * count];
            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j < count; j++)
                {
                    var d = new double[3];
                    for (var c = 0; c < 3; c++) d[c] = (double)bodies[4 * j + c] - bodies[4 * i + c];
                    var f = bodies[4 * j + 3] * Math.Pow(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + 0.01f, -1.5);
                    for (var c = 0; c < 3; c++) expected[4 * i + c] += d[c] * f;
                }
            }

            run.Near(expected, y.Read(), 1e-4, 1e-3);
        }),
    ];

    private static double[] Product(float[] a, float[] b, int m, int n, int k)
    {
        var c = new double[m * n];
        for (var i = 0; i < m * n; i++)
            for (var p = 0; p < k; p++) c[i] += (double)a[i / n * k + p] * b[p * n + i % n];
        return c;
    }

    private static float[] Rounded(int seed, int count) => [.. Floats(seed, count).Select(x => (float)(BFloat16)x)];

    private static ushort[] Bits(float[] x) => [.. x.Select(v => ((BFloat16)v).Bits)];
}

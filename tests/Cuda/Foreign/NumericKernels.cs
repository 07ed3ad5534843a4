using SiaEngine.Cuda;
using static SiaEngine.Tests.Cuda.Foreign.ForeignKernels;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>Rows of numbers: norms, library functions, conversions, division.</summary>
internal static class NumericKernels
{
    public static ForeignKernel[] All =>
    [
        new("softmax", static run =>
        {
            const int rows = 3, columns = 150;
            var x = Floats(31, rows * columns, 8);
            var y = run.Out<float>(x.Length);
            run.Launch("softmax", LaunchShape.Rows(rows, 64), run.In(x), y, columns);
            var expected = new double[x.Length];
            for (var r = 0; r < rows; r++)
            {
                var row = x.AsSpan(r * columns, columns).ToArray();
                var sum = row.Sum(v => Math.Exp((double)v - row.Max()));
                for (var c = 0; c < columns; c++) expected[r * columns + c] = Math.Exp((double)row[c] - row.Max()) / sum;
            }

            run.Near(expected, y.Read(), 2e-6);
        }, Clang: false),
        new("layernorm", static run =>
        {
            const int rows = 5, columns = 160;
            float[] x = Floats(32, rows * columns), weight = Floats(33, columns), bias = Floats(34, columns);
            var y = run.Out<float>(x.Length);
            run.Launch("layernorm", new LaunchShape(2, 1, 1, 32, 4), run.In(x), run.In(weight), run.In(bias), y, rows, columns / 4, 1e-5f);
            var expected = new double[x.Length];
            for (var r = 0; r < rows; r++)
            {
                var row = x.AsSpan(r * columns, columns).ToArray();
                var mean = row.Average(v => (double)v);
                var rstd = 1 / Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5);
                for (var c = 0; c < columns; c++) expected[r * columns + c] = (row[c] - mean) * rstd * weight[c] + bias[c];
            }

            run.Near(expected, y.Read(), 1e-5, 1e-5);
        }),
        new("gelu", static run =>
        {
            const int count = 200;
            var x = Floats(35, count, 5);
            var (y, slope, fast) = (run.Out<float>(count), run.Out<float>(count), run.Out<float>(count));
            run.Launch("gelu", new LaunchShape(2, 1, 1, 64), run.In(x), y, slope, fast, count);
            run.Near([.. x.Select(v => v * Cdf(v))], y.Read(), 2e-6, 1e-6);
            run.Near([.. x.Select(v => Cdf(v) + v * 0.3989422804 * Math.Exp(-0.5 * v * v))], slope.Read(), 2e-6, 1e-6);
            run.Near([.. x.Select(v => v / (1 + Math.Exp(-1.702 * v)))], fast.Read(), 1e-5, 1e-6);
        }, Clang: false),
        new("special_float", static run =>
        {
            const int count = 96;
            var x = Floats(36, count, 12);
            (x[0], x[1], x[2]) = (0, 1, -1);
            var y = run.Out<float>(12 * count);
            run.Launch("special_float", LaunchShape.Elements(count, 32), run.In(x), y, count);
            Func<float, double>[] functions =
            [
                v => Math.Sin(v), v => Math.Cos(v * 40000f), v => Math.Exp(v), v => Math.Pow(Math.Abs(v) + 0.5f, 2.3f), v => Math.Log(Math.Abs(v) + 0.01f), v => Math.Tanh(v),
                v => Erf(v), v => Math.Atan(v), v => double.LogP1(Math.Abs(v)), v => Math.Pow(2, v), v => v % 0.3f,
                v => MathF.Round(v * 3) + MathF.Floor(v) + MathF.Ceiling(v) + MathF.Truncate(v * 1.5f) + MathF.Round(v * 2.5f, MidpointRounding.AwayFromZero),
            ];
            // Largest errors of the CUDA C++ guide, appendix "Mathematical Functions", are 4 ulp; powf's argument and result round too.
            for (var f = 0; f < functions.Length; f++)
                run.Near([.. x.Select(functions[f])], y.Read().AsSpan(f * count, count), 8 * Math.ScaleB(1, -24), f is 0 or 1 or 10 ? 1e-6 : 1e-7);
        }, Clang: false),
        new("special_double", static run =>
        {
            const int count = 64;
            var x = Doubles(37, count, 20);
            (x[0], x[1], x[2], x[3]) = (0, 1e6, -3.5e9, 1e17);
            for (var i = 1; i < 4; i++) x[i + 3] = i;
            var y = run.Out<double>(10 * count);
            run.Launch("special_double", LaunchShape.Elements(count, 32), run.In(x), y, count);
            Func<double, double>[] functions =
            [
                Math.Sin, v => Math.Exp(v * 0.125), v => Math.Log(Math.Abs(v) + 1e-3), v => Erf(v * 0.25), v => Gamma(Math.Abs(v) * 0.01 + 0.5),
                v => Math.Pow(Math.Abs(v) + 0.1, 1.7), v => Math.Cos(v * 1e9), v => Math.Atan2(v, 2), v => Math.Sqrt(Math.Abs(v)) + Math.Cbrt(v), v => Math.IEEERemainder(v, 0.7),
            ];
            var got = y.Read();
            for (var f = 0; f < 9; f++)
                run.Near([.. x.Select(functions[f])], got.AsSpan(f * count, count), f is 3 or 4 ? 1e-13 : 2e-15, f == 8 ? 2e-15 : 1e-18);
            run.Same<double>([.. x.Select(v => v % 0.7)], got.AsSpan(9 * count, count));
        }, Clang: false),
        new("convert_half", static run =>
        {
            const int count = 100;
            var x = Floats(38, count, 3);
            (x[0], x[1], x[2], x[3], x[4], x[5]) = (65519, 1e-7f, -0f, float.PositiveInfinity, 1.00390625f, 70000);
            var (half, bfloat, packed, sum) = (run.Out<ushort>(count), run.Out<ushort>(count), run.Out<uint>(count), run.Out<float>(count));
            run.Launch("convert_half", LaunchShape.Elements(count, 64), run.In(x), half, bfloat, packed, sum, count);
            run.Same<ushort>([.. x.Select(v => BitConverter.HalfToUInt16Bits((Half)v))], half.Read());
            run.Same<ushort>([.. x.Select(v => ((BFloat16)v).Bits)], bfloat.Read());
            run.Same<uint>([.. x.Select((v, i) => ((BFloat16)v).Bits | ((uint)((BFloat16)x[(i + 1) % count]).Bits << 16))], packed.Read());
            var expected = x.Select(v =>
            {
                var h = (Half)v;
                var product = (Half)((double)h * 1.5);
                return (float)(Half)((double)h * 1.5 + (double)product) + (float)(BFloat16)v;
            }).ToArray();
            run.Same<float>(expected, sum.Read());
        }),
        new("divide64", static run =>
        {
            const int count = 60;
            var x = Enumerable.Range(0, count).Select(i => BitConverter.ToInt64(Bytes(i + 500, 8)) >> (i * 7 % 60)).ToArray();
            var y = run.Out<long>(8 * count);
            run.Launch("divide64", LaunchShape.Elements(count, 32), run.In(x), y, count);
            var expected = new long[8 * count];
            for (var i = 0; i < count; i++)
            {
                long a = x[i], b = x[(i + 1) % count] | 1;
                ulong ua = (ulong)a, ub = (ulong)b;
                int sa = (int)a, sb = (int)(b >> 17) | 1;
                unchecked
                {
                    expected[i] = a / b;
                    expected[count + i] = a % b;
                    expected[2 * count + i] = (long)(ua / ub);
                    expected[3 * count + i] = (long)(ua % ub);
                    expected[4 * count + i] = sa / sb + (long)(sa % sb) * 3;
                    expected[5 * count + i] = (long)(ua / 1000000007 + ua % 10);
                    expected[6 * count + i] = (uint)sa / 7 + (uint)(sa / -13) + (uint)(sa % 60);
                    expected[7 * count + i] = (short)a / (short)((b & 0xff) | 1) * 5 + (byte)a % 9;
                }
            }

            run.Same<long>(expected, y.Read());
        }),
        new("mandelbrot", static run =>
        {
            const int width = 40, height = 20, limit = 60;
            var y = run.Out<int>(width * height);
            run.Launch("mandelbrot", new LaunchShape(3, 3, 1, 16, 8), y, width, height, limit);
            var expected = new int[width * height];
            for (var at = 0; at < expected.Length; at++)
            {
                double cx = -2.0 + 3.0 * (at % width) / width, cy = -1.5 + 3.0 * (at / width) / height, zx = 0, zy = 0;
                while (expected[at] < limit && zx * zx + zy * zy <= 4)
                {
                    (zx, zy) = (zx * zx - zy * zy + cx, 2 * zx * zy + cy);
                    expected[at]++;
                }
            }

            run.Same<int>(expected, y.Read());
        }),
        new("constant_table", static run =>
        {
            const int count = 50;
            var x = Floats(39, count);
            var which = Integers(40, count, 0, 100);
            var (y, text) = (run.Out<float>(count), run.Out<int>(count));
            run.Launch("constant_table", LaunchShape.Elements(count, 32), run.In(x), run.In(which), y, text, count);
            double[][] table = [[1, 2, 3], [-1, 0.5, 0.25], [0, 0, 7], [3, -2, 1]];
            run.Near([.. x.Select((v, i) => table[which[i] & 3][0] + v * (table[which[i] & 3][1] + v * table[which[i] & 3][2]) + 10 * ((which[i] & 3) + 1))], y.Read(), 1e-6);
            run.Same<int>([.. x.Select((_, i) => (int)"constant"[i % 8])], text.Read());
        }),
    ];

    private static double Cdf(double x) => 0.5 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>Error function: its series near 0, its continued fraction beyond.</summary>
    private static double Erf(double x)
    {
        if (x < 0) return -Erf(-x);
        if (x < 3)
        {
            double term = x, sum = x;
            for (var n = 1; n < 200; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return sum * 2 / Math.Sqrt(Math.PI);
        }

        double fraction = 0;
        for (var n = 60; n > 0; n--) fraction = n / 2.0 / (x + fraction);
        return 1 - Math.Exp(-x * x) / ((x + fraction) * Math.Sqrt(Math.PI));
    }

    /// <summary>Gamma function: the Stirling series at x + 20, then the recurrence down.</summary>
    private static double Gamma(double x)
    {
        if (x > 150) return double.PositiveInfinity;
        double divisor = 1;
        var z = x;
        for (; z < 20; z++) divisor *= z;
        var series = 1 / (12 * z) - 1 / (360 * z * z * z) + 1 / (1260 * Math.Pow(z, 5)) - 1 / (1680 * Math.Pow(z, 7));
        return Math.Exp((z - 0.5) * Math.Log(z) - z + 0.5 * Math.Log(2 * Math.PI) + series) / divisor;
    }
}

using SiaEngine.Cpu;

namespace SiaEngine.Tests.Ops;

[Collection(nameof(Threads))]
public class MuonTests
{
    [Theory]
    [InlineData(DType.F64, 6, 6, 1e-6), InlineData(DType.F64, 4, 11, 1e-6), InlineData(DType.F64, 11, 4, 1e-6), InlineData(DType.F64, 1, 1, 1e-6)]
    [InlineData(DType.F32, 8, 8, 1e-4), InlineData(DType.F32, 7, 28, 1e-4), InlineData(DType.F32, 28, 7, 1e-4), InlineData(DType.BF16, 5, 9, 1e-4)]
    public void Follows_the_recipe_over_several_steps(DType compute, int rows, int columns, double tolerance)
    {
        const double lr = 0.02, momentum = 0.95, scale = 0.25;
        using var cpu = new CpuDevice();
        using var w = AdamWTests.Make(cpu, "w", [rows, columns], compute);
        using var muon = new Muon([w], lr);
        var p = GradientContext.Read(w.Master);
        var buffer = new double[p.Length];
        for (var n = 1; n <= 4; n++)
        {
            var g = GradientCheck.Normals(p.Length, 50, (ulong)n);
            AdamWTests.SetGradient(w, g);
            muon.Step(0.5, scale);
            var x = new double[p.Length];
            for (var i = 0; i < p.Length; i++)
            {
                buffer[i] = momentum * buffer[i] + scale * g[i];
                x[i] = scale * g[i] + momentum * buffer[i];
            }

            x = NewtonSchulz(x, rows, columns);
            for (var i = 0; i < p.Length; i++) p[i] -= lr * 0.5 * Math.Sqrt(Math.Max(1, (double)rows / columns)) * x[i];
            Close.To(p, w.Master, tolerance, "master");
            Close.To(buffer, muon.State[0].Tensor, 1e-6, "momentum");
            Assert.Equal(GradientContext.Read(w.Master).Select(v => compute == DType.BF16 ? (float)(BFloat16)(float)v : v), GradientContext.Read(w.Value));
        }

        Assert.Equal("w.momentum", Assert.Single(muon.State).Name);
    }

    [Theory, InlineData(24, 24), InlineData(16, 64), InlineData(64, 16)]
    public void Orthogonalized_matrices_have_singular_values_near_one(int rows, int columns)
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var g = GradientCheck.Normals(rows * columns, 51, 0);
        var norm = Math.Sqrt(g.Sum(v => v * v));
        var x = Muon.Orthogonalize(Tensor.From<double>(Array.ConvertAll(g, v => v / norm), [rows, columns], cpu)).ToArray<double>();
        // The singular values squared of x are the eigenvalues of x xᵀ (or xᵀ x); their mean is the trace over the smaller extent.
        var n = Math.Min(rows, columns);
        Assert.InRange(x.Sum(v => v * v) / n, 0.5, 1.4);
        // The largest one by power iteration from a fixed start.
        var u = GradientCheck.Normals(columns, 51, 1);
        for (var i = 0; i < 200; i++)
        {
            var xu = Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, columns).Sum(c => x[r * columns + c] * u[c])).ToArray();
            u = [.. Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, rows).Sum(r => x[r * columns + c] * xu[r]))];
            var length = Math.Sqrt(u.Sum(v => v * v));
            u = Array.ConvertAll(u, v => v / length);
        }

        var largest = Enumerable.Range(0, rows).Sum(r => Math.Pow(Enumerable.Range(0, columns).Sum(c => x[r * columns + c] * u[c]), 2));
        Assert.InRange(Math.Sqrt(largest), 0.7, 1.25);
    }

    [Fact]
    public void Does_not_depend_on_the_scale_of_the_gradient()
    {
        var (small, large) = (Run(1e-4), Run(1e4));
        Close.To(small, large, 1e-4);

        static double[] Run(double scale)
        {
            using var cpu = new CpuDevice();
            using var w = AdamWTests.Make(cpu, "w", [6, 10], DType.F64);
            using var muon = new Muon([w], 0.1);
            AdamWTests.SetGradient(w, GradientCheck.Normals(60, 52, 0));
            muon.Step(gradientScale: scale);
            return GradientContext.Read(w.Master);
        }
    }

    [Theory, InlineData(DType.F32, 2e-6), InlineData(DType.F64, 1e-14)]
    public void Every_length_between_guards(DType dtype, double tolerance)
    {
        using var cpu = new CpuDevice();
        var kernels = cpu.Kernels<Muon.IKernels>();
        EveryLength.Run(cpu, dtype, 2, (t, n) =>
        {
            var (g, buffer) = (GradientContext.Read(t[0]), GradientContext.Read(t[1]));
            kernels.Direction(t[0], t[1], t[2], 0.9, 0.5);
            var x = new double[n];
            for (var i = 0; i < n; i++)
            {
                buffer[i] = 0.9 * buffer[i] + 0.5 * g[i];
                x[i] = 0.5 * g[i] + 0.9 * buffer[i];
            }

            var norm = Math.Sqrt(x.Sum(v => v * v)) + 1e-7;
            Close.To(buffer, t[1], tolerance, "buffer");
            Close.To(Array.ConvertAll(x, v => v / norm), t[2], tolerance, "x");
            kernels.Step(t[0], t[0], t[2], 3);
            Close.To(g.Select((v, i) => v - 3 * x[i] / norm).ToArray(), t[0], tolerance, "master");
        });
    }

    [Fact]
    public void A_zero_gradient_moves_nothing()
    {
        using var cpu = new CpuDevice();
        using var w = AdamWTests.Make(cpu, "w", [4, 3], DType.F32);
        using var muon = new Muon([w], 0.1);
        var before = w.Master.ToArray<float>();
        AdamWTests.SetGradient(w, new double[12]);
        muon.Step();
        Assert.Equal(before, w.Master.ToArray<float>());
    }

    [Theory, InlineData(DType.F32), InlineData(DType.BF16)]
    public void Packed_blocks_are_matrices_of_their_own(DType compute)
    {
        const int Rows = 5, Columns = 4;
        using var cpu = new CpuDevice();
        using var packed = AdamWTests.Make(cpu, "qkv", [3 * Rows, Columns], compute);
        packed.Blocks = 3;
        var start = GradientContext.Read(packed.Master);
        var gradient = GradientCheck.Normals(3 * Rows * Columns, 53, 0);
        using var muon = new Muon([packed], 0.1);
        AdamWTests.SetGradient(packed, gradient);
        muon.Step();
        for (var block = 0; block < 3; block++)
        {
            var range = (block * Rows * Columns)..((block + 1) * Rows * Columns);
            using var alone = AdamWTests.Make(cpu, "q", [Rows, Columns], compute);
            alone.Set(start[range]);
            using var one = new Muon([alone], 0.1);
            AdamWTests.SetGradient(alone, gradient[range]);
            one.Step();
            Assert.Equal(GradientContext.Read(alone.Master), GradientContext.Read(packed.Master)[range]);
            Assert.Equal(GradientContext.Read(alone.Value), GradientContext.Read(packed.Value)[range]);
        }
    }

    [Fact]
    public void Refuses_rows_that_do_not_divide_into_blocks()
    {
        using var cpu = new CpuDevice();
        using var w = AdamWTests.Make(cpu, "qkv", [4, 3], DType.F32);
        w.Blocks = 3;
        Assert.Equal("muon: the rows must divide into 3 blocks; 'qkv' is [4, 3].", Assert.Throws<ShapeException>(() => new Muon([w], 0.1)).Message);
    }

    [Fact]
    public void Refuses_what_is_not_a_matrix()
    {
        using var cpu = new CpuDevice();
        using var w = AdamWTests.Make(cpu, "gain", [4], DType.F32);
        Assert.Equal("muon: parameters must be matrices; 'gain' is [4].", Assert.Throws<ShapeException>(() => new Muon([w], 0.1)).Message);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads_and_allocates_nothing() => Threads.GiveTheSameBits(static () =>
    {
        using var cpu = new CpuDevice();
        using var w = AdamWTests.Make(cpu, "w", [150, 170], DType.F32);
        using var muon = new Muon([w], 0.1);
        AdamWTests.SetGradient(w, GradientCheck.Normals(150 * 170, 41, 0));
        for (var i = 0; i < 3; i++) muon.Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        muon.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return GradientContext.Read(w.Master);
    });

    /// <summary>As in the recipe, transposed when there are more rows than columns: X = a X + b B + c A B, A = X Xᵀ, B = A X.</summary>
    private static double[] NewtonSchulz(double[] x, int rows, int columns)
    {
        var norm = Math.Sqrt(x.Sum(v => v * v)) + 1e-7;
        var (n, m) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var y = new double[n, m];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < m; j++) y[i, j] = (rows > columns ? x[j * columns + i] : x[i * columns + j]) / norm;
        for (var step = 0; step < 5; step++)
        {
            var a = new double[n, n];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < n; j++)
                    for (var k = 0; k < m; k++) a[i, j] += y[i, k] * y[j, k];
            var b = Multiply(a, y);
            var ab = Multiply(a, b);
            for (var i = 0; i < n; i++)
                for (var j = 0; j < m; j++) y[i, j] = 3.4445 * y[i, j] - 4.7750 * b[i, j] + 2.0315 * ab[i, j];
        }

        var result = new double[x.Length];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < m; j++) result[rows > columns ? j * columns + i : i * columns + j] = y[i, j];
        return result;

        double[,] Multiply(double[,] left, double[,] right)
        {
            var product = new double[n, m];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < m; j++)
                    for (var k = 0; k < n; k++) product[i, j] += left[i, k] * right[k, j];
            return product;
        }
    }
}

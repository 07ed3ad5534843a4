using SiaEngine.Cpu;

namespace SiaEngine.Tests.Engine;

[Collection(nameof(GemmTests))]
public unsafe class GemmTests
{
    public static TheoryData<int, bool, bool> Variants
    {
        get
        {
            var variants = new TheoryData<int, bool, bool>();
            foreach (var bits in (int[])[128, 256, 512])
                foreach (var ta in (bool[])[false, true])
                    foreach (var tb in (bool[])[false, true]) variants.Add(bits, ta, tb);
            return variants;
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Equals_the_triple_loop_at_every_small_size(int bits, bool transposeA, bool transposeB)
    {
        foreach (var m in (int[])[1, 2, 5, 11, 12, 13, 25])
            foreach (var n in (int[])[1, 7, 8, 9, 16, 31, 32, 33, 65])
                foreach (var k in (int[])[1, 2, 17])
                {
                    Check<double>(bits, transposeA, transposeB, m, n, k, 1, 0, 1e-13);
                    Check<float>(bits, transposeA, transposeB, m, n, k, 1, 1, 1e-5);
                }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Equals_the_triple_loop_across_blocks(int bits, bool transposeA, bool transposeB)
    {
        Check<double>(bits, transposeA, transposeB, 131, 97, 801, 0.5, -2, 1e-11);
        Check<float>(bits, transposeA, transposeB, 101, 3100, 5, 2, 1, 1e-4);
        // Rows 4 KiB apart are copied before they are multiplied; 41 rows leave a tile of 5.
        Check<float>(bits, transposeA, transposeB, 41, 70, 1024, 1, 0, 1e-4);
    }

    [Fact]
    public void Does_not_depend_on_the_number_of_threads()
    {
        var threads = RowParallel.Threads;
        try
        {
            RowParallel.Threads = 1;
            var one = Product<float>(512, false, true, 300, 130, 500, 1, 0);
            RowParallel.Threads = 3;
            Assert.Equal(one, Product<float>(512, false, true, 300, 130, 500, 1, 0));
        }
        finally
        {
            RowParallel.Threads = threads;
        }
    }

    private static void Check<T>(int bits, bool ta, bool tb, int m, int n, int k, double alpha, double beta, double tolerance)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var c = Product<T>(bits, ta, tb, m, n, k, alpha, beta);
        if (beta != 0) Assert.Equal(c, Product<T>(bits, ta, tb, m, n, k, alpha, beta, addendApart: true));
        var (a, b, old) = Inputs(m, n, k);
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var sum = 0.0;
                for (var p = 0; p < k; p++) sum += a[ta ? p * m + i : i * k + p] * b[tb ? j * k + p : p * n + j];
                var expected = alpha * sum + (beta == 0 ? 0 : beta * old[i * n + j]);
                var actual = double.CreateChecked(c[i * n + j]);
                Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"{bits} bits, {m}x{n}x{k} at ({i}, {j}): {actual}, expected {expected}");
            }
    }

    private static T[] Product<T>(int bits, bool ta, bool tb, int m, int n, int k, double alpha, double beta, bool addendApart = false)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var (a, b, old) = Inputs(m, n, k);
        T[] left = Array.ConvertAll(a, T.CreateChecked), right = Array.ConvertAll(b, T.CreateChecked), addend = addendApart ? Array.ConvertAll(old, T.CreateChecked) : [];
        // What C held must not be read with beta 0 or an addend elsewhere: NaN would spread.
        var c = beta == 0 || addendApart ? [.. Enumerable.Repeat(T.NaN, m * n)] : Array.ConvertAll(old, T.CreateChecked);
        var before = Gemm.VectorBits;
        try
        {
            Gemm.VectorBits = bits;
            fixed (T* pa = left, pb = right, pc = c, pd = addend) Gemm.Run(ta, tb, m, n, k, T.CreateChecked(alpha), pa, ta ? m : k, pb, tb ? k : n, T.CreateChecked(beta), pc, n, pd);
        }
        finally
        {
            Gemm.VectorBits = before;
        }

        return c;
    }

    private static (double[] A, double[] B, double[] C) Inputs(int m, int n, int k) =>
        (GradientCheck.Normals(m * k, 5, 0), GradientCheck.Normals(k * n, 5, 1), GradientCheck.Normals(m * n, 5, 2));
}

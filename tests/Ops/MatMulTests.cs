using SiaEngine.Cpu;
using SiaEngine.Ops;

namespace SiaEngine.Tests.Ops;

public class MatMulTests
{
    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void Multiplies_every_matrix_of_the_batch(bool transposeA, bool transposeB)
    {
        const int batch = 3, m = 5, n = 7, k = 11;
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var a = GradientCheck.Normals(batch * m * k, 3, 0);
        var b = GradientCheck.Normals(batch * k * n, 3, 1);
        var y = MatMul.Apply(
            Tensor.From<double>(a, transposeA ? [batch, k, m] : [batch, m, k], cpu),
            Tensor.From<double>(b, transposeB ? [batch, n, k] : [batch, k, n], cpu), transposeA, transposeB).ToArray<double>();
        for (var i = 0; i < y.Length; i++)
        {
            var (matrix, row, column) = (i / (m * n), i / n % m, i % n);
            var expected = 0.0;
            for (var p = 0; p < k; p++)
                expected += a[matrix * m * k + (transposeA ? p * m + row : row * k + p)] * b[matrix * k * n + (transposeB ? column * k + p : p * n + column)];
            Assert.Equal(expected, y[i], 12);
        }
    }

    [Fact]
    public void Refuses_operands_that_do_not_fit()
    {
        using var cpu = new CpuDevice();
        using var scope = Scope.Enter();
        var (a, b) = (Tensor.Zeros([2, 3, 4], DType.F32, cpu), Tensor.Zeros([2, 5, 6], DType.F32, cpu));
        Assert.Equal("matmul: the last axis of a must be the first matrix axis of b; got a [2, 3, 4] f32, b [2, 5, 6] f32.",
            Assert.Throws<ShapeException>(() => MatMul.Apply(a, b)).Message);
        Assert.Throws<ShapeException>(() => MatMul.Apply(a, Tensor.Zeros([3, 4, 6], DType.F32, cpu)));
    }
}

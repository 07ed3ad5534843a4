using System.Numerics;
using System.Numerics.Tensors;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="MatMul"/> on the CPU.</summary>
internal sealed unsafe class CpuMatMul : MatMul.IKernels
{
    public void Run(Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, float alpha, float beta)
    {
        switch (a.DType)
        {
            case DType.F32: Batch<float>(a, b, y, transposeA, transposeB, alpha, beta); break;
            case DType.F64: Batch<double>(a, b, y, transposeA, transposeB, alpha, beta); break;
            default: Throw.DType(MatMul.Id, a); break;
        }
    }

    /// <summary>c[m, n] = alpha · op(a) op(b) + beta · c, row-major, beta 0 does not read c.</summary>
    internal static void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, T alpha, T* a, T* b, T beta, T* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var i = 0; i < m; i++)
        {
            var row = new Span<T>(c + (long)i * n, n);
            if (beta == T.Zero) row.Clear();
            else if (beta != T.One) TensorPrimitives.Multiply(row, beta, row);
            if (transposeB && !transposeA)
            {
                var left = new ReadOnlySpan<T>(a + (long)i * k, k);
                for (var j = 0; j < n; j++) row[j] += alpha * TensorPrimitives.Dot(left, new ReadOnlySpan<T>(b + (long)j * k, k));
            }
            else
            {
                for (var p = 0; p < k; p++)
                {
                    var factor = alpha * (transposeA ? a[(long)p * m + i] : a[(long)i * k + p]);
                    if (!transposeB) TensorPrimitives.MultiplyAdd(new ReadOnlySpan<T>(b + (long)p * n, n), factor, row, row);
                    else
                        for (var j = 0; j < n; j++) row[j] += factor * b[(long)j * k + p];
                }
            }
        }
    }

    private static void Batch<T>(Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, float alpha, float beta)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        var batches = y.Count == 0 ? 0 : y.Count / ((long)m * n);
        for (long i = 0; i < batches; i++)
            Multiply(transposeA, transposeB, m, n, k, T.CreateChecked(alpha), (T*)a.Address + i * m * k, (T*)b.Address + i * k * n, T.CreateChecked(beta), (T*)y.Address + i * m * n);
    }
}

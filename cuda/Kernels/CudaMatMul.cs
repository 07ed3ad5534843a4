using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="MatMul"/> over BLAS, a batch in one call.</summary>
internal sealed class CudaMatMul(CudaDevice device) : MatMul.IKernels
{
    public void Run(Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, float alpha, float beta)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(MatMul.Id, a);
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        var batch = y.Count == 0 ? 0 : checked((int)(y.Count / ((long)m * n)));
        RowMajor.Multiply(device.Blas, transposeA, transposeB, m, n, k, alpha, a, b, beta, y, batch);
    }
}

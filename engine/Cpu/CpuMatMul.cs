using System.Numerics;
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

    private static void Batch<T>(Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, float alpha, float beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        var batches = y.Count == 0 ? 0 : y.Count / ((long)m * n);
        for (long i = 0; i < batches; i++)
        {
            Gemm.Run(transposeA, transposeB, m, n, k, T.CreateChecked(alpha), (T*)a.Address + i * m * k, a.Shape.Last,
                (T*)b.Address + i * k * n, b.Shape.Last, T.CreateChecked(beta), (T*)y.Address + i * m * n, n);
        }
    }
}

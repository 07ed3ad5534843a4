using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Linear"/> over BLAS: every product is one GEMM over the rows of all leading axes; a residual is what the GEMM adds to.</summary>
internal sealed class CudaLinear(CudaDevice device) : Linear.IKernels
{
    public void Forward(Tensor x, Tensor weight, Tensor? residual, Tensor y)
    {
        if (residual is { } r) y.CopyFrom(r);
        Multiply(false, true, Rows(x), weight.Shape[0], weight.Shape[1], x, weight, new(y, residual is null ? 0 : 1));
    }

    public void BackwardInput(Tensor dy, Tensor weight, GradientSlot dx) => Multiply(false, false, Rows(dy), weight.Shape[1], weight.Shape[0], dy, weight, dx);

    public void BackwardWeight(Tensor dy, Tensor x, GradientSlot dweight) => Multiply(true, false, dy.Shape.Last, x.Shape.Last, Rows(dy), dy, x, dweight);

    private static int Rows(Tensor x) => checked((int)x.Shape.Rows);

    private void Multiply(bool transposeA, bool transposeB, int m, int n, int k, Tensor a, Tensor b, GradientSlot c)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(Linear.Id, a);
        RowMajor.Multiply(device.Blas, transposeA, transposeB, m, n, k, 1, a, b, c.Beta, c.Grad);
    }
}

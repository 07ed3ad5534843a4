using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Linear"/> on the CPU: every product is one GEMM over the rows of all leading axes.</summary>
internal sealed unsafe class CpuLinear : Linear.IKernels
{
    public void Forward(Tensor x, Tensor weight, Tensor? residual, Tensor y)
    {
        var (rows, n, k) = (checked((int)x.Shape.Rows), weight.Shape[0], weight.Shape[1]);
        Multiply(false, true, rows, n, k, x, weight, new(y, residual is null ? 0 : 1), residual);
    }

    public void BackwardInput(Tensor dy, Tensor weight, GradientSlot dx) =>
        Multiply(false, false, checked((int)dy.Shape.Rows), weight.Shape[1], weight.Shape[0], dy, weight, dx);

    public void BackwardWeight(Tensor dy, Tensor x, GradientSlot dweight) =>
        Multiply(true, false, dy.Shape.Last, x.Shape.Last, checked((int)dy.Shape.Rows), dy, x, dweight);

    private static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, Tensor a, Tensor b, GradientSlot c, Tensor? addend = null)
    {
        switch (a.DType)
        {
            case DType.F32: Multiply<float>(transposeA, transposeB, m, n, k, a, b, c, addend); break;
            case DType.F64: Multiply<double>(transposeA, transposeB, m, n, k, a, b, c, addend); break;
            default: Throw.DType(Linear.Id, a); break;
        }
    }

    private static void Multiply<T>(bool transposeA, bool transposeB, int m, int n, int k, Tensor a, Tensor b, GradientSlot c, Tensor? addend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Gemm.Run(transposeA, transposeB, m, n, k, T.One, (T*)a.Address, a.Shape.Last, (T*)b.Address, b.Shape.Last, T.CreateChecked(c.Beta), (T*)c.Grad.Address, n,
            (T*)(addend?.Address ?? 0));
}

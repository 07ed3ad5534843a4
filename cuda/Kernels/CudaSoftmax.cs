using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Softmax"/> in <c>native/ptx/softmax.ptx</c>: a block per row.</summary>
internal sealed class CudaSoftmax(CudaDevice device) : Softmax.IKernels
{
    private readonly CudaModule _module = new(device, "softmax");

    public void Forward(Tensor x, Tensor y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Softmax.Id, x);
        if (x.Count == 0) return;
        _module[x.DType, "forward"].Launch(Rows(x), x, y, checked((int)x.Shape.Rows), x.Shape.Last);
    }

    public void Backward(Tensor dy, Tensor y, GradientSlot dx)
    {
        if (y.Count == 0) return;
        _module[y.DType, dx.Grad.DType, "backward"].Launch(Rows(y), dy, y, dx, checked((int)y.Shape.Rows), y.Shape.Last, dx.Beta);
    }

    private static LaunchShape Rows(Tensor x) => LaunchShape.Rows(x.Shape.Rows, LaunchShape.RowBlock(x.Shape.Last));
}

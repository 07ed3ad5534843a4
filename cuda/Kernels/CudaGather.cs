using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Gather"/> in <c>native/ptx/gather.ptx</c>: backward by a thread per element of the gradient, without atomics.</summary>
internal sealed class CudaGather(CudaDevice device) : Gather.IKernels
{
    private readonly CudaModule _module = new(device, "gather");

    public void Forward(Tensor x, Tensor indices, Tensor y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Gather.Id, x);
        var n = x.Shape.Last;
        device.CheckIndices(Gather.Id, static n => $"indices must lie in [0, {n})", indices, n);
        if (y.Count == 0) return;
        _module[x.DType, "forward"].Launch(LaunchShape.RowElements(y.Shape.Rows, y.Shape.Last), x, indices, y, checked((int)y.Shape.Rows), (long)y.Shape.Last, n);
    }

    public void Backward(Tensor dy, Tensor indices, GradientSlot dx)
    {
        var shape = dx.Grad.Shape;
        if (shape.Count == 0) return;
        _module[dy.DType, dx.Grad.DType, "backward"].Launch(LaunchShape.RowElements(shape.Rows, shape.Last),
            dy, indices, dx, checked((int)shape.Rows), (long)shape.Last, indices.Shape.Last, dx.Beta);
    }
}

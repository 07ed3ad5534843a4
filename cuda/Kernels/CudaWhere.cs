using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Where"/> in <c>native/ptx/where.ptx</c>.</summary>
internal sealed class CudaWhere(CudaDevice device) : Where.IKernels
{
    private readonly CudaModule _module = new(device, "where");

    public void Forward(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(Where.Id, a);
        var shape = y.Shape;
        if (shape.Count == 0) return;
        var strides = RowStrides.Broadcast(condition.Shape);
        _module[y.DType, "forward"].Launch(LaunchShape.RowElements(shape.Rows, shape.Last),
            condition, strides.S0, strides.S1, strides.S2, strides.S3, a, b, y,
            checked((int)shape.Rows), (long)shape.Last, Broadcast.Extent(shape, 3), Broadcast.Extent(shape, 2));
    }

    public void Backward(Tensor dy, Tensor condition, bool holds, GradientSlot dx)
    {
        var shape = dy.Shape;
        if (shape.Count == 0) return;
        var strides = RowStrides.Broadcast(condition.Shape);
        _module[dy.DType, dx.Grad.DType, "backward"].Launch(LaunchShape.RowElements(shape.Rows, shape.Last),
            dy, condition, strides.S0, strides.S1, strides.S2, strides.S3, dx,
            checked((int)shape.Rows), (long)shape.Last, Broadcast.Extent(shape, 3), Broadcast.Extent(shape, 2), holds ? 1 : 0, dx.Beta);
    }
}

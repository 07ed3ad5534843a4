using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Slice"/> and <see cref="Concat"/> in <c>native/ptx/slice.ptx</c>.</summary>
internal sealed class CudaSlice(CudaDevice device) : Slice.IKernels
{
    private readonly CudaModule _module = new(device, "slice");

    public void Run(Tensor x, int from, GradientSlot y, int to, int count, int axis)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Slice.Id, x);
        var (outer, n, inner) = Axis.Split(x.Shape, axis);
        var columns = count * inner;
        if (outer * columns == 0) return;
        _module[x.DType, y.Grad.DType, ""].Launch(LaunchShape.RowElements(outer, columns),
            x, from * inner, n * inner, y, to * inner, y.Grad.Shape[axis] * inner, checked((int)outer), columns, y.Beta);
    }
}

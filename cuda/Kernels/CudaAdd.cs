using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Add"/> in <c>native/ptx/add.ptx</c>.</summary>
internal sealed class CudaAdd(CudaDevice device) : Add.IKernels
{
    private readonly CudaModule _module = new(device, "add");

    public void Forward(Tensor a, Tensor b, Tensor y)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(Add.Id, a);
        var split = ElementSplit.Of(y.Count, a, b, y);
        _module[y.DType, "forward"].Launch(split.Shape, a, b, y, y.Count, split.Vectors);
    }

    public void Accumulate(Tensor x, GradientSlot slot)
    {
        var split = ElementSplit.Of(x.Count, x, slot.Grad);
        _module[x.DType, slot.Grad.DType, "accumulate"].Launch(split.Shape, x, slot, x.Count, split.Vectors, slot.Beta);
    }
}

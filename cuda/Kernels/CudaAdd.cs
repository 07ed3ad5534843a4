using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Add"/> in <c>native/ptx/add.ptx</c>.</summary>
internal sealed class CudaAdd(CudaDevice device) : Add.IKernels
{
    private readonly CudaModule _module = new(device, "add");

    public void Forward(Tensor a, Tensor b, Tensor y)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(Add.Id, a);
        _module[y.DType, "forward"].Launch(LaunchShape.Elements(y.Count), a, b, y, y.Count);
    }

    public void Accumulate(Tensor x, GradientSlot slot) =>
        _module[x.DType, slot.Grad.DType, "accumulate"].Launch(LaunchShape.Elements(x.Count), x, slot, x.Count, slot.Beta);
}

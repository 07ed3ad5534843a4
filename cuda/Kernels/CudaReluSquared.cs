using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="ReluSquared"/> in <c>native/ptx/relu_squared.ptx</c>.</summary>
internal sealed class CudaReluSquared(CudaDevice device) : ReluSquared.IKernels
{
    private readonly CudaModule _module = new(device, "relu_squared");

    public void Forward(Tensor x, Tensor y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(ReluSquared.Id, x);
        if (x.Count == 0) return;
        var split = ElementSplit.Of(y.Count, x, y);
        _module[x.DType, "forward"].Launch(split.Shape, x, y, y.Count, split.Vectors);
    }

    public void Backward(Tensor dy, Tensor y, GradientSlot dx)
    {
        if (y.Count == 0) return;
        var slot = new KernelSlot(dx, y.DType);
        var split = ElementSplit.Of(y.Count, dy, y, slot.Inner.Grad);
        _module[y.DType, "backward"].Launch(split.Shape, dy, y, slot.Inner, y.Count, split.Vectors, slot.Inner.Beta);
        slot.Finish();
    }
}

using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Scale"/> in <c>native/ptx/scale.ptx</c>.</summary>
internal sealed class CudaScale(CudaDevice device) : Scale.IKernels
{
    private readonly CudaModule _module = new(device, "scale");

    public void Run(Tensor x, double factor, GradientSlot y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Scale.Id, x);
        var split = ElementSplit.Of(x.Count, x, y.Grad);
        _module[x.DType, y.Grad.DType, ""].Launch(split.Shape, x, y, x.Count, split.Vectors, (float)factor, y.Beta);
    }
}

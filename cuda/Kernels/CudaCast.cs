using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Cast"/> in <c>native/ptx/cast.ptx</c>: an entry for each pair of dtypes.</summary>
internal sealed class CudaCast(CudaDevice device) : Cast.IKernels
{
    private readonly CudaModule _module = new(device, "cast");

    public void Run(Tensor x, GradientSlot y)
    {
        var split = ElementSplit.Of(x.Count, x, y.Grad);
        _module[y.Grad.DType, x.DType.Name].Launch(split.Shape, x, y, x.Count, split.Vectors, y.Beta);
    }
}

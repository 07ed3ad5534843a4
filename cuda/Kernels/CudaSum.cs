using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Sum"/> in <c>native/ptx/sum.ptx</c>: partial sums of fixed blocks, then their sum.</summary>
internal sealed class CudaSum(CudaDevice device) : Sum.IKernels
{
    private readonly CudaModule _module = new(device, "sum");

    public void Forward(Tensor x, Tensor y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Sum.Id, x);
        using var scope = Scope.Enter();
        var blocks = LaunchShape.Elements(x.Count, perThread: 32);
        var partial = Tensor.Empty([blocks.GridX], y.DType, device);
        _module[x.DType, "partial"].Launch(blocks, x, partial, x.Count, Vectors.Of(x));
        _module[y.DType, "total"].Launch(LaunchShape.Rows(1, block: 256), partial, y, blocks.GridX);
    }

    public void Backward(Tensor dy, GradientSlot dx)
    {
        var split = ElementSplit.Of(dx.Grad.Count, dx.Grad);
        _module[dx.Grad.DType, "backward"].Launch(split.Shape, dy, dx, dx.Grad.Count, split.Vectors, dx.Beta);
    }
}

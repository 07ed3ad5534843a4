using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Unary"/> in <c>native/ptx/unary.ptx</c>: two entries for each function.</summary>
internal sealed class CudaUnary(CudaDevice device) : Unary.IKernels
{
    private static readonly string[] ForwardOf = Array.ConvertAll(Enum.GetNames<UnaryFunction>(), static name => $"forward_{name.ToLowerInvariant()}");
    private static readonly string[] BackwardOf = Array.ConvertAll(Enum.GetNames<UnaryFunction>(), static name => $"backward_{name.ToLowerInvariant()}");

    private readonly CudaModule _module = new(device, "unary");

    public void Forward(UnaryFunction f, Tensor x, Tensor y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Unary.Id, x);
        _module[x.DType, ForwardOf[(int)f]].Launch(LaunchShape.Elements(x.Count), x, y, x.Count);
    }

    public void Backward(UnaryFunction f, Tensor dy, Tensor saved, GradientSlot dx) =>
        _module[dy.DType, dx.Grad.DType, BackwardOf[(int)f]].Launch(LaunchShape.Elements(dy.Count), dy, saved, dx, dy.Count, dx.Beta);
}

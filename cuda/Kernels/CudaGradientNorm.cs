namespace SiaEngine.Cuda;

/// <summary><see cref="GradientNorm"/> in <c>native/ptx/gradient_norm.ptx</c>.</summary>
internal sealed class CudaGradientNorm(CudaDevice device) : GradientNorm.IKernels
{
    private readonly CudaModule _module = new(device, "gradient_norm");

    public void SumOfSquares(Tensor x, GradientSlot sum)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType("gradient_norm", x);
        using var scope = Scope.Enter();
        var partials = PartialSums.Of(x.Count);
        var partial = Tensor.Empty([partials], DType.F64, device);
        _module[x.DType, "partial"].Launch(PartialSums.Shape(partials), x, partial, x.Count, Vectors.Of(x), partials);
        _module[DType.F64, "total"].Launch(PartialSums.Shape(1), partial, sum, partials, sum.Beta);
    }
}

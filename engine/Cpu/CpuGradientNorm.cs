namespace SiaEngine.Cpu;

/// <summary><see cref="GradientNorm"/> on the CPU.</summary>
internal sealed unsafe class CpuGradientNorm : GradientNorm.IKernels
{
    public void SumOfSquares(Tensor x, GradientSlot sum)
    {
        var total = (double*)sum.Grad.Address;
        var old = sum.Beta == 0 ? 0 : *total;
        switch (x.DType)
        {
            case DType.F32: *total = old + RowReduce.Total<float, Product<float>>(new((float*)x.Address, (float*)x.Address), x.Count, x.Device); break;
            case DType.F64: *total = old + RowReduce.Total<double, Product<double>>(new((double*)x.Address, (double*)x.Address), x.Count, x.Device); break;
            default: Throw.DType("gradient_norm", x); break;
        }
    }
}

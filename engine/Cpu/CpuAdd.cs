using System.Numerics;
using System.Numerics.Tensors;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Add"/> on the CPU: memory bound, one pass.</summary>
internal sealed class CpuAdd : Add.IKernels
{
    public void Forward(Tensor a, Tensor b, Tensor y)
    {
        switch (a.DType)
        {
            case DType.F32: TensorPrimitives.Add(a.Span<float>(), b.Span<float>(), y.Span<float>()); break;
            case DType.F64: TensorPrimitives.Add(a.Span<double>(), b.Span<double>(), y.Span<double>()); break;
            default: Throw.DType(Add.Id, a); break;
        }
    }

    public void Accumulate(Tensor x, GradientSlot slot)
    {
        switch (x.DType)
        {
            case DType.F32: Accumulate(x.Span<float>(), slot.Grad.Span<float>(), slot.Beta); break;
            case DType.F64: Accumulate(x.Span<double>(), slot.Grad.Span<double>(), slot.Beta); break;
            default: Throw.DType(Add.Id, x); break;
        }
    }

    private static void Accumulate<T>(ReadOnlySpan<T> x, Span<T> grad, float beta) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (beta == 0) x.CopyTo(grad);
        else TensorPrimitives.Add(grad, x, grad);
    }
}

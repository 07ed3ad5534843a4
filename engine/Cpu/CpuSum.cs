using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Sum"/> on the CPU.</summary>
internal sealed unsafe class CpuSum : Sum.IKernels
{
    public void Forward(Tensor x, Tensor y)
    {
        switch (x.DType)
        {
            case DType.F32: *(float*)y.Address = (float)RowReduce.Total<float, Element<float>>(new((float*)x.Address), x.Count, x.Device); break;
            case DType.F64: *(double*)y.Address = RowReduce.Total<double, Element<double>>(new((double*)x.Address), x.Count, x.Device); break;
            default: Throw.DType(Sum.Id, x); break;
        }
    }

    public void Backward(Tensor dy, GradientSlot dx)
    {
        switch (dy.DType)
        {
            case DType.F32: Backward(*(float*)dy.Address, dx); break;
            case DType.F64: Backward(*(double*)dy.Address, dx); break;
            default: Throw.DType(Sum.Id, dy); break;
        }
    }

    private static void Backward<T>(T dy, GradientSlot dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dx.Grad.DType != DType.Of<T>()) Throw.DType(Sum.Id, dx.Grad);
        var grad = (T*)dx.Grad.Address;
        Map.Run(new Constant<T>(dy, dx.Beta), grad, grad, dx.Grad.Count);
    }

    /// <summary>value, or x + value.</summary>
    private readonly struct Constant<T>(T value, float beta) : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => beta == 0 ? V.All(value) : x + V.All(value);
    }
}

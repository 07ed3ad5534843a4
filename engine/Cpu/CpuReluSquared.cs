using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="ReluSquared"/> on the CPU: memory bound, one pass each way.</summary>
internal sealed unsafe class CpuReluSquared : ReluSquared.IKernels
{
    public void Forward(Tensor x, Tensor y)
    {
        switch (x.DType)
        {
            case DType.F32: Map.Run(default(Value<float>), (float*)x.Address, (float*)y.Address, y.Count); break;
            case DType.F64: Map.Run(default(Value<double>), (double*)x.Address, (double*)y.Address, y.Count); break;
            default: Throw.DType(ReluSquared.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor y, GradientSlot dx)
    {
        switch (y.DType)
        {
            case DType.F32: Map.Run(default(Derivative<float>), (float*)dy.Address, (float*)y.Address, dx); break;
            case DType.F64: Map.Run(default(Derivative<double>), (double*)dy.Address, (double*)y.Address, dx); break;
            default: Throw.DType(ReluSquared.Id, y); break;
        }
    }

    private readonly struct Value<T> : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T>
        {
            var relu = V.Max(V.Of(0), x);
            return relu * relu;
        }
    }

    private readonly struct Derivative<T> : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V dy, V y) where V : struct, ISimd<V, T>
        {
            var relu = V.Sqrt(y);
            return (relu + relu) * dy;
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Scale"/> on the CPU: memory bound, one pass.</summary>
internal sealed unsafe class CpuScale : Scale.IKernels
{
    public void Run(Tensor x, double factor, GradientSlot y)
    {
        switch (x.DType)
        {
            case DType.F32: Map.Run(new Times<float>((float)factor), (float*)x.Address, y); break;
            case DType.F64: Map.Run(new Times<double>(factor), (double*)x.Address, y); break;
            default: Throw.DType(Scale.Id, x); break;
        }
    }

    /// <summary>factor · x.</summary>
    internal readonly struct Times<T>(T factor) : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => V.All(factor) * x;
    }
}

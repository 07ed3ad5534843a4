using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Add"/> on the CPU: memory bound, one pass.</summary>
internal sealed unsafe class CpuAdd : Add.IKernels
{
    public void Forward(Tensor a, Tensor b, Tensor y)
    {
        switch (a.DType)
        {
            case DType.F32: Map.Run(default(Plus<float>), (float*)a.Address, (float*)b.Address, (float*)y.Address, y.Count); break;
            case DType.F64: Map.Run(default(Plus<double>), (double*)a.Address, (double*)b.Address, (double*)y.Address, y.Count); break;
            default: Throw.DType(Add.Id, a); break;
        }
    }

    public void Accumulate(Tensor x, GradientSlot slot)
    {
        switch (x.DType)
        {
            case DType.F32: Map.Run(default(Same<float>), (float*)x.Address, slot); break;
            case DType.F64: Map.Run(default(Same<double>), (double*)x.Address, slot); break;
            default: Throw.DType(Add.Id, x); break;
        }
    }

    /// <summary>a + b.</summary>
    internal readonly struct Plus<T> : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V a, V b) where V : struct, ISimd<V, T> => a + b;
    }

    private readonly struct Same<T> : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => x;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Unary"/> on the CPU: one pass each way.</summary>
internal sealed unsafe class CpuUnary : Unary.IKernels
{
    public void Forward(UnaryFunction f, Tensor x, Tensor y)
    {
        switch (x.DType)
        {
            case DType.F32: UnaryFunctions.Find(f, new ForwardCall<float>((float*)x.Address, (float*)y.Address, y.Count)); break;
            case DType.F64: UnaryFunctions.Find(f, new ForwardCall<double>((double*)x.Address, (double*)y.Address, y.Count)); break;
            default: Throw.DType(Unary.Id, x); break;
        }
    }

    public void Backward(UnaryFunction f, Tensor dy, Tensor saved, GradientSlot dx)
    {
        switch (saved.DType)
        {
            case DType.F32: UnaryFunctions.Find(f, new BackwardCall<float>((float*)dy.Address, (float*)saved.Address, dx)); break;
            case DType.F64: UnaryFunctions.Find(f, new BackwardCall<double>((double*)dy.Address, (double*)saved.Address, dx)); break;
            default: Throw.DType(Unary.Id, saved); break;
        }
    }

    private readonly struct ForwardCall<T>(T* x, T* y, long count) : IUnaryVisitor where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Visit<F>() where F : struct, IUnaryFunction => Map.Run(default(Value<T, F>), x, y, count);
    }

    private readonly struct BackwardCall<T>(T* dy, T* saved, GradientSlot dx) : IUnaryVisitor where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Visit<F>() where F : struct, IUnaryFunction => Map.Run(default(Chain<T, F>), dy, saved, dx);
    }

    private readonly struct Value<T, F> : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => F.Value<V, T>(x);
    }

    private readonly struct Chain<T, F> : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V dy, V saved) where V : struct, ISimd<V, T> => dy * F.Derivative<V, T>(saved);
    }
}

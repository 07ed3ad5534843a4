using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Softmax"/> on the CPU, a row at a time.</summary>
internal sealed unsafe class CpuSoftmax : Softmax.IKernels
{
    public void Forward(Tensor x, Tensor y)
    {
        var n = x.Shape.Last;
        switch (x.DType)
        {
            case DType.F32: RowReduce.Rows(x.Shape.Rows, n, new ForwardRow<float>((float*)x.Address, (float*)y.Address, n)); break;
            case DType.F64: RowReduce.Rows(x.Shape.Rows, n, new ForwardRow<double>((double*)x.Address, (double*)y.Address, n)); break;
            default: Throw.DType(Softmax.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor y, GradientSlot dx)
    {
        var (rows, n, add) = (y.Shape.Rows, y.Shape.Last, dx.Beta != 0);
        switch (y.DType)
        {
            case DType.F32: RowReduce.Rows(rows, n, new BackwardRow<float>((float*)dy.Address, (float*)y.Address, (float*)dx.Grad.Address, n, add)); break;
            case DType.F64: RowReduce.Rows(rows, n, new BackwardRow<double>((double*)dy.Address, (double*)y.Address, (double*)dx.Grad.Address, n, add)); break;
            default: Throw.DType(Softmax.Id, y); break;
        }
    }

    private readonly struct ForwardRow<T>(T* x, T* y, int n) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* xs = x + row * n, ys = y + row * n;
            Map.Range<T, UnaryPass<T, ExpOfDifference<T>>>(new(new(RowReduce.Max(xs, n)), xs, ys), 0, n);
            var factor = T.One / RowReduce.Sum<T, Element<T>>(new(ys), 0, n);
            Map.Range<T, UnaryPass<T, CpuScale.Times<T>>>(new(new(factor), ys, ys), 0, n);
        }
    }

    private readonly struct BackwardRow<T>(T* dy, T* y, T* dx, int n, bool add) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* g = dy + row * n, ys = y + row * n, result = dx + row * n;
            var f = new Centered<T>(RowReduce.Sum<T, Product<T>>(new(g, ys), 0, n));
            if (add) Map.Range<T, AddBinaryPass<T, Centered<T>>>(new(f, g, ys, result), 0, n);
            else Map.Range<T, BinaryPass<T, Centered<T>>>(new(f, g, ys, result), 0, n);
        }
    }

    private readonly struct ExpOfDifference<T>(T max) : IUnary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x) where V : struct, ISimd<V, T> => VectorMath.Exp<V, T>(x - V.All(max));
    }

    private readonly struct Centered<T>(T mean) : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V dy, V y) where V : struct, ISimd<V, T> => y * (dy - V.All(mean));
    }
}

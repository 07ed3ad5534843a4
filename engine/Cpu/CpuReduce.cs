using System.Numerics;
using System.Runtime.CompilerServices;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Reduce"/> on the CPU: a row per result when the axis is the last, else rows of results that stay in the L1 cache.</summary>
internal sealed unsafe class CpuReduce : Reduce.IKernels
{
    private const int Chunk = 1024;

    public void Forward(ReduceFunction f, Tensor x, int axis, GradientSlot y)
    {
        switch (x.DType)
        {
            case DType.F32: Forward<float>(f, x, axis, y); break;
            case DType.F64: Forward<double>(f, x, axis, y); break;
            default: Throw.DType(Reduce.Id, x); break;
        }
    }

    public void Backward(ReduceFunction f, Tensor dy, Tensor? x, Tensor? y, int axis, GradientSlot dx)
    {
        switch (dy.DType)
        {
            case DType.F32: Backward<float>(f, dy, x, y, axis, dx); break;
            case DType.F64: Backward<double>(f, dy, x, y, axis, dx); break;
            default: Throw.DType(Reduce.Id, dy); break;
        }
    }

    private static void Forward<T>(ReduceFunction f, Tensor x, int axis, GradientSlot y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (outer, n, inner) = Axis.Split(x.Shape, axis);
        var factor = f == ReduceFunction.Mean ? T.One / T.CreateChecked(n) : T.One;
        T* xs = (T*)x.Address, ys = (T*)y.Grad.Address;
        if (inner == 1)
        {
            RowReduce.Rows(outer, n, new ForwardRow<T>(xs, ys, n, f == ReduceFunction.Max, factor, y.Beta != 0));
            return;
        }

        var chunks = (inner + Chunk - 1) / Chunk;
        RowReduce.Rows(outer * chunks, n * Math.Min(inner, Chunk), new ForwardChunk<T>(xs, ys, n, inner, chunks, f == ReduceFunction.Max, factor, y.Beta != 0));
    }

    private static void Backward<T>(ReduceFunction f, Tensor dy, Tensor? x, Tensor? y, int axis, GradientSlot dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (outer, n, inner) = Axis.Split(dx.Grad.Shape, axis);
        T* g = (T*)dy.Address, result = (T*)dx.Grad.Address;
        if (f == ReduceFunction.Max)
        {
            if (dx.Beta == 0) dx.Grad.Clear();
            RowReduce.Rows(outer, n * inner, new MaxBackward<T>(g, (T*)x!.Value.Address, (T*)y!.Value.Address, result, n, inner));
            return;
        }

        var factor = f == ReduceFunction.Mean ? T.One / T.CreateChecked(n) : T.One;
        RowReduce.Rows(outer * n, inner, new SumBackward<T>(g, result, n, inner, factor, dx.Beta != 0));
    }

    private readonly struct ForwardRow<T>(T* x, T* y, int n, bool max, T factor, bool add) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            var xs = x + row * n;
            var value = max ? RowReduce.Max(xs, n) : factor * RowReduce.Sum<T, Element<T>>(new(xs), 0, n);
            y[row] = add ? y[row] + value : value;
        }
    }

    private readonly struct ForwardChunk<T>(T* x, T* y, int n, long inner, long chunks, bool max, T factor, bool add) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            var (outer, chunk) = Math.DivRem(row, chunks);
            var start = chunk * Chunk;
            var count = Math.Min(Chunk, inner - start);
            T* xs = x + outer * n * inner + start, ys = y + outer * inner + start;
            if (!add) new Span<T>(ys, (int)count).Fill(max ? T.NegativeInfinity : T.Zero);
            for (var k = 0; k < n; k++, xs += inner)
            {
                if (max) Map.Range<T, BinaryPass<T, Larger<T>>>(new(default, ys, xs, ys), 0, count);
                else Map.Range<T, AddUnaryPass<T, CpuScale.Times<T>>>(new(new(factor), xs, ys), 0, count);
            }
        }
    }

    private readonly struct SumBackward<T>(T* dy, T* dx, int n, long inner, T factor, bool add) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* g = dy + row / n * inner, result = dx + row * inner;
            if (add) Map.Range<T, AddUnaryPass<T, CpuScale.Times<T>>>(new(new(factor), g, result), 0, inner);
            else Map.Range<T, UnaryPass<T, CpuScale.Times<T>>>(new(new(factor), g, result), 0, inner);
        }
    }

    private readonly struct MaxBackward<T>(T* dy, T* x, T* y, T* dx, int n, long inner) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long outer)
        {
            for (long i = 0; i < inner; i++)
            {
                var (at, result) = (outer * n * inner + i, outer * inner + i);
                for (var k = 0; k < n; k++, at += inner)
                {
                    if (x[at] != y[result]) continue;
                    dx[at] += dy[result];
                    break;
                }
            }
        }
    }

    private readonly struct Larger<T> : IBinary<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V a, V b) where V : struct, ISimd<V, T> => V.Max(a, b);
    }
}

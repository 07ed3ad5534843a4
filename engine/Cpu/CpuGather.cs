using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Gather"/> on the CPU, a row at a time.</summary>
internal sealed unsafe class CpuGather : Gather.IKernels
{
    public void Forward(Tensor x, Tensor indices, Tensor y)
    {
        var n = x.Shape.Last;
        var values = indices.Span<int>();
        for (var i = 0; i < values.Length; i++)
            if ((uint)values[i] >= (uint)n) Throw.Index(Gather.Id, $"indices must lie in [0, {n})", values[i], i, indices);
        switch (x.DType)
        {
            case DType.F32: Run<float>(y, indices, new(x, 0), false); break;
            case DType.F64: Run<double>(y, indices, new(x, 0), false); break;
            default: Throw.DType(Gather.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor indices, GradientSlot dx)
    {
        if (dx.Beta == 0) dx.Grad.Clear();
        switch (dy.DType)
        {
            case DType.F32: Run<float>(dy, indices, dx, true); break;
            case DType.F64: Run<double>(dy, indices, dx, true); break;
            default: Throw.DType(Gather.Id, dy); break;
        }
    }

    private static void Run<T>(Tensor y, Tensor indices, GradientSlot x, bool scatter) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (k, n) = (indices.Shape.Last, x.Grad.Shape.Last);
        RowReduce.Rows(indices.Shape.Rows, k, new Row<T>((T*)y.Address, (int*)indices.Address, (T*)x.Grad.Address, k, n, scatter));
    }

    private readonly struct Row<T>(T* y, int* indices, T* x, int k, int n, bool scatter) : IRowPass where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            T* ys = y + row * k, xs = x + row * n;
            var at = indices + row * k;
            if (scatter)
                for (var i = 0; i < k; i++) xs[at[i]] += ys[i];
            else
                for (var i = 0; i < k; i++) ys[i] = xs[at[i]];
        }
    }
}

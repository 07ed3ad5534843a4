using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Where"/> on the CPU, a row at a time.</summary>
internal sealed unsafe class CpuWhere : Where.IKernels
{
    public void Forward(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: Forward<float>(condition, a, b, y); break;
            case DType.F64: Forward<double>(condition, a, b, y); break;
            default: Throw.DType(Where.Id, a); break;
        }
    }

    public void Backward(Tensor dy, Tensor condition, bool holds, GradientSlot dx)
    {
        switch (dy.DType)
        {
            case DType.F32: Backward<float>(dy, condition, holds, dx); break;
            case DType.F64: Backward<double>(dy, condition, holds, dx); break;
            default: Throw.DType(Where.Id, dy); break;
        }
    }

    private static void Forward<T>(Tensor condition, Tensor a, Tensor b, Tensor y) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowReduce.Rows(y.Shape.Rows, y.Shape.Last,
            new ForwardRow<T>((int*)condition.Address, new(condition.Shape, y.Shape), (T*)a.Address, (T*)b.Address, (T*)y.Address, y.Shape.Last));

    private static void Backward<T>(Tensor dy, Tensor condition, bool holds, GradientSlot dx) where T : unmanaged, IFloatingPointIeee754<T> =>
        RowReduce.Rows(dy.Shape.Rows, dy.Shape.Last, new BackwardRow<T>((int*)condition.Address, new(condition.Shape, dy.Shape), holds, (T*)dy.Address,
            (T*)dx.Grad.Address, dx.Beta != 0, dy.Shape.Last));

    private readonly struct ForwardRow<T>(int* condition, BroadcastRows rows, T* a, T* b, T* y, int n) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            var c = condition + rows.Start(row);
            var (step, first) = (rows.Repeats ? 0 : 1, row * n);
            for (var i = 0; i < n; i++) y[first + i] = c[i * step] != 0 ? a[first + i] : b[first + i];
        }
    }

    private readonly struct BackwardRow<T>(int* condition, BroadcastRows rows, bool holds, T* dy, T* dx, bool add, int n) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            var c = condition + rows.Start(row);
            var (step, first) = (rows.Repeats ? 0 : 1, row * n);
            for (var i = 0; i < n; i++)
            {
                var value = c[i * step] != 0 == holds ? dy[first + i] : T.Zero;
                dx[first + i] = add ? dx[first + i] + value : value;
            }
        }
    }
}

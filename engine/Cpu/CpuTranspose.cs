using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Transpose"/> on the CPU: writes rows in order and reads with a stride unless the last axis stays.</summary>
internal sealed unsafe class CpuTranspose : Transpose.IKernels
{
    public void Run(Tensor x, int axis0, int axis1, GradientSlot y)
    {
        switch (x.DType)
        {
            case DType.F32: Run<float>(x, axis0, axis1, y); break;
            case DType.F64: Run<double>(x, axis0, axis1, y); break;
            default: Throw.DType(Transpose.Id, x); break;
        }
    }

    private static void Run<T>(Tensor x, int axis0, int axis1, GradientSlot y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shape = y.Grad.Shape;
        if (shape.Rank == 0) shape = [1];
        Span<long> strides = stackalloc long[Shape.MaxRank];
        strides.Clear();
        // Strides of x by its own axes, exchanged, are its strides by the axes of y; axes stand at the end of the four.
        var stride = 1L;
        for (var axis = x.Shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= x.Shape[axis];
        }

        (strides[axis0], strides[axis1]) = (strides[axis1], strides[axis0]);
        var last = shape.Rank - 1;
        var job = new Row<T>((T*)x.Address, (T*)y.Grad.Address, y.Beta != 0, shape.Last, Broadcast.Extent(shape, 2), Ops.Broadcast.Extent(shape, 3),
            strides[last], last >= 1 ? strides[last - 1] : 0, last >= 2 ? strides[last - 2] : 0, last >= 3 ? strides[last - 3] : 0);
        RowReduce.Rows(shape.Rows, shape.Last, job);
    }

    private readonly struct Row<T>(T* x, T* y, bool add, int n, int e2, int e1, long s3, long s2, long s1, long s0) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long row)
        {
            var (rest, i2) = Math.DivRem(row, e2);
            var (i0, i1) = Math.DivRem(rest, e1);
            T* source = x + i0 * s0 + i1 * s1 + i2 * s2, target = y + row * n;
            if (s3 == 1 && !add) new ReadOnlySpan<T>(source, n).CopyTo(new Span<T>(target, n));
            else if (add)
                for (var i = 0; i < n; i++) target[i] += source[i * s3];
            else
                for (var i = 0; i < n; i++) target[i] = source[i * s3];
        }
    }
}

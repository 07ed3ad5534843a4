using System.Numerics;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="Slice"/> and <see cref="Concat"/> on the CPU: block copies.</summary>
internal sealed unsafe class CpuSlice : Slice.IKernels
{
    public void Run(Tensor x, int from, GradientSlot y, int to, int count, int axis)
    {
        switch (x.DType)
        {
            case DType.F32: Run<float>(x, from, y, to, count, axis); break;
            case DType.F64: Run<double>(x, from, y, to, count, axis); break;
            default: Throw.DType(Slice.Id, x); break;
        }
    }

    private static void Run<T>(Tensor x, int from, GradientSlot y, int to, int count, int axis) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (outer, n, inner) = Axis.Split(x.Shape, axis);
        var m = y.Grad.Shape[axis];
        RowReduce.Rows(outer, count * inner,
            new Block<T>((T*)x.Address + from * inner, n * inner, (T*)y.Grad.Address + to * inner, m * inner, count * inner, y.Beta != 0));
    }

    private readonly struct Block<T>(T* x, long xStride, T* y, long yStride, long count, bool add) : IRowPass
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long outer)
        {
            T* source = x + outer * xStride, target = y + outer * yStride;
            if (add) Map.Range<T, BinaryPass<T, CpuAdd.Plus<T>>>(new(default, target, source, target), 0, count);
            else Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
        }
    }
}

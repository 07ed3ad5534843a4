using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Reduce"/> in <c>native/ptx/reduce.ptx</c>: a block per row when the axis is the last, else a thread per result.</summary>
internal sealed class CudaReduce(CudaDevice device) : Reduce.IKernels
{
    private readonly CudaModule _module = new(device, "reduce");

    public void Forward(ReduceFunction f, Tensor x, int axis, GradientSlot y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Reduce.Id, x);
        if (y.Grad.Count == 0) return;
        var (outer, n, inner) = Axis.Split(x.Shape, axis);
        var max = f == ReduceFunction.Max;
        if (inner == 1)
        {
            _module[x.DType, y.Grad.DType, max ? "rows_max" : "rows_sum"].Launch(LaunchShape.Rows(outer, LaunchShape.RowBlock(n)),
                x, y, checked((int)outer), n, Factor(f, n), y.Beta);
            return;
        }

        _module[x.DType, y.Grad.DType, max ? "columns_max" : "columns_sum"].Launch(LaunchShape.Elements(y.Grad.Count),
            x, y, y.Grad.Count, n, inner, Factor(f, n), y.Beta);
    }

    public void Backward(ReduceFunction f, Tensor dy, Tensor? x, Tensor? y, int axis, GradientSlot dx)
    {
        if (dx.Grad.Count == 0) return;
        var (_, n, inner) = Axis.Split(dx.Grad.Shape, axis);
        if (f == ReduceFunction.Max)
            _module[dy.DType, dx.Grad.DType, "backward_max"].Launch(LaunchShape.Elements(dy.Count), dy, x, y, dx, dy.Count, n, inner, dx.Beta);
        else
            _module[dy.DType, dx.Grad.DType, "backward_sum"].Launch(LaunchShape.Elements(dx.Grad.Count), dy, dx, dx.Grad.Count, n, inner, Factor(f, n), dx.Beta);
    }

    private static float Factor(ReduceFunction f, int n) => f == ReduceFunction.Mean ? 1f / n : 1;
}

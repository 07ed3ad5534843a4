using System.Numerics;
using System.Numerics.Tensors;
using SiaEngine.Ops;

namespace SiaEngine.Cpu;

/// <summary><see cref="RmsNorm"/> on the CPU: a row at a time, so that the second pass over it hits the L1 cache.</summary>
internal sealed class CpuRmsNorm : RmsNorm.IKernels
{
    public void Forward(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps)
    {
        switch (x.DType)
        {
            case DType.F32: Forward<float>(x, weight, y, rstd, eps); break;
            case DType.F64: Forward<double>(x, weight, y, rstd, eps); break;
            default: Throw.DType(RmsNorm.Id, x); break;
        }
    }

    public void Backward(Tensor dy, Tensor x, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight)
    {
        switch (x.DType)
        {
            case DType.F32: Backward<float>(dy, x, weight, rstd, dx, dweight); break;
            case DType.F64: Backward<double>(dy, x, weight, rstd, dx, dweight); break;
            default: Throw.DType(RmsNorm.Id, x); break;
        }
    }

    private static void Forward<T>(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> xs = x.Span<T>(), ys = y.Span<T>(), rs = rstd.Span<T>(), w = weight is { } gain ? gain.Span<T>() : [];
        var c = x.Shape.Last;
        for (var r = 0; r < rs.Length; r++)
        {
            var row = xs.Slice(r * c, c);
            rs[r] = T.One / T.Sqrt(TensorPrimitives.SumOfSquares<T>(row) / T.CreateChecked(c) + T.CreateChecked(eps));
            var result = ys.Slice(r * c, c);
            TensorPrimitives.Multiply(row, rs[r], result);
            if (!w.IsEmpty) TensorPrimitives.Multiply(result, w, result);
        }
    }

    private static void Backward<T>(Tensor dy, Tensor x, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> dys = dy.Span<T>(), xs = x.Span<T>(), rs = rstd.Span<T>(), w = weight is { } gain ? gain.Span<T>() : [];
        var c = x.Shape.Last;
        if (dweight is { } dw)
        {
            var sum = dw.Grad.Span<T>();
            if (dw.Beta == 0) sum.Clear();
            for (var r = 0; r < rs.Length; r++)
            {
                for (var i = 0; i < c; i++) sum[i] += dys[r * c + i] * xs[r * c + i] * rs[r];
            }
        }

        if (dx is not { } slot) return;
        var dxs = slot.Grad.Span<T>();
        var beta = T.CreateChecked(slot.Beta);
        for (var r = 0; r < rs.Length; r++)
        {
            Span<T> row = xs.Slice(r * c, c), g = dys.Slice(r * c, c);
            var dot = T.Zero;
            for (var i = 0; i < c; i++) dot += (w.IsEmpty ? g[i] : g[i] * w[i]) * row[i];
            var shift = rs[r] * rs[r] * dot / T.CreateChecked(c);
            for (var i = 0; i < c; i++)
            {
                var old = beta == T.Zero ? T.Zero : beta * dxs[r * c + i];
                dxs[r * c + i] = old + rs[r] * ((w.IsEmpty ? g[i] : g[i] * w[i]) - row[i] * shift);
            }
        }
    }
}

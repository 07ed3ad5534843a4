using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="RmsNorm"/> in <c>native/ptx/rms_norm.ptx</c>: rows by warps; the gain's gradient in two stages, partial sums over rows and their total.</summary>
internal sealed class CudaRmsNorm(CudaDevice device) : RmsNorm.IKernels
{
    private const int RowsPerBlock = 8;
    private const int MaxPartials = 64;

    private readonly CudaModule _module = new(device, "rms_norm");

    public void Forward(Tensor x, Tensor? weight, Tensor y, Tensor rstd, float eps)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(RmsNorm.Id, x);
        if (x.Count == 0) return;
        var (rows, columns) = (checked((int)rstd.Count), x.Shape.Last);
        var vectors = Vectors.Of(columns, x.DType, x, weight ?? x, y);
        if (weight is { } w) _module[x.DType, "forward_gain"].Launch(Rows(rows), x, w, y, rstd, rows, columns, vectors, eps);
        else _module[x.DType, "forward"].Launch(Rows(rows), x, y, rstd, rows, columns, vectors, eps);
    }

    public void Backward(Tensor dy, Tensor saved, Tensor? weight, Tensor rstd, GradientSlot? dx, GradientSlot? dweight)
    {
        var (rows, columns) = (checked((int)rstd.Count), saved.Shape.Last);
        if (dweight is { } dw) BackwardWeight(dy, saved, rstd, dw, rows, columns);
        if (dx is not { } given || saved.Count == 0) return;
        var target = new KernelSlot(given, saved.DType);
        var slot = target.Inner;
        var vectors = Vectors.Of(columns, saved.DType, dy, saved, weight ?? saved, slot.Grad);
        if (weight is { } w) _module[saved.DType, "backward_gain"].Launch(Rows(rows), dy, saved, w, rstd, slot, rows, columns, vectors, slot.Beta);
        else _module[saved.DType, "backward"].Launch(Rows(rows), dy, saved, rstd, slot, rows, columns, vectors, slot.Beta);
        target.Finish();
    }

    private void BackwardWeight(Tensor dy, Tensor x, Tensor rstd, GradientSlot dweight, int rows, int columns)
    {
        if (columns == 0) return;
        if (rows == 0)
        {
            if (dweight.Beta == 0) dweight.Grad.Clear();
            return;
        }

        using var scope = Scope.Enter();
        var partials = Math.Min(rows, MaxPartials);
        var partial = Tensor.Empty([partials, columns], DType.F32, device);
        _module[x.DType, "partial"].Launch(LaunchShape.Columns(columns, partials), dy, x, rstd, partial, rows, columns, partials);
        _module[dweight.Grad.DType, "total"].Launch(LaunchShape.Columns(columns), partial, dweight, columns, partials, dweight.Beta);
    }

    private static LaunchShape Rows(int rows) => LaunchShape.Rows((rows + RowsPerBlock - 1) / RowsPerBlock, 32 * RowsPerBlock);
}

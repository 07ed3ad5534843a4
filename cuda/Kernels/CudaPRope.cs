using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="PRope"/> in <c>native/ptx/p_rope.ptx</c>: a block per row, whose angles it forms in f64, so that no table has to be kept or uploaded.</summary>
internal sealed class CudaPRope(CudaDevice device) : PRope.IKernels
{
    private const int Block = 256;

    private readonly CudaModule _module = new(device, "p_rope");

    public void Forward(Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd, float eps)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(PRope.Id, x);
        if (x.Count == 0) return;
        var (rows, length, half) = (checked((int)x.Shape.Rows), x.Shape[1], frequencies.Shape.Last);
        if (rstd is { } scales) _module[x.DType, "forward"].Launch(Shape(rows, half), x, frequencies, y, scales, rows, length, heads, half, eps, firstPosition);
        else _module[x.DType, "rotate"].Launch(Shape(rows, half), x, frequencies, y, rows, length, heads, half, firstPosition);
    }

    public void Backward(Tensor dy, Tensor y, Tensor frequencies, int heads, int firstPosition, Tensor? rstd, GradientSlot dx)
    {
        if (dy.Count == 0) return;
        var (rows, length, half) = (checked((int)dy.Shape.Rows), dy.Shape[1], frequencies.Shape.Last);
        var target = new KernelSlot(dx, dy.DType);
        var slot = target.Inner;
        if (rstd is { } scales) _module[dy.DType, "backward"].Launch(Shape(rows, half), dy, y, frequencies, scales, slot, rows, length, heads, half, firstPosition, slot.Beta);
        else _module[dy.DType, "rotate_back"].Launch(Shape(rows, half), dy, frequencies, slot, rows, length, heads, half, firstPosition, slot.Beta);
        target.Finish();
    }

    /// <summary>Cosines and sines of a position lie in shared memory.</summary>
    private static LaunchShape Shape(int rows, int half) => LaunchShape.Rows(rows, Block, sharedBytes: 2 * half * sizeof(float));
}

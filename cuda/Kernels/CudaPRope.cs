using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="PRope"/> in <c>native/ptx/p_rope.ptx</c>: a block per row, whose angles it forms in f64, so that no table has to be kept or uploaded.</summary>
internal sealed class CudaPRope(CudaDevice device) : PRope.IKernels
{
    private const int Block = 256;
    private const int MaxBlock = 1024;
    private const int WarpLanes = 32;

    private readonly CudaModule _module = new(device, "p_rope");

    public void Forward(Tensor x, Tensor frequencies, int heads, int firstPosition, Tensor y, Tensor? rstd, float eps)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(PRope.Id, x);
        if (x.Count == 0) return;
        var (rows, length, half) = (checked((int)x.Shape.Rows), x.Shape[1], frequencies.Shape.Last);
        var lanes = Lanes(half, heads, x, y);
        var shape = Shape(rows, half, heads, lanes);
        if (rstd is { } scales) _module[x.DType, "forward"].Launch(shape, x, frequencies, y, scales, rows, length, heads, half, lanes, eps, firstPosition);
        else _module[x.DType, "rotate"].Launch(shape, x, frequencies, y, rows, length, heads, half, lanes, firstPosition);
    }

    public void Backward(Tensor dy, Tensor y, Tensor frequencies, int heads, int firstPosition, Tensor? rstd, GradientSlot dx)
    {
        if (dy.Count == 0) return;
        var (rows, length, half) = (checked((int)dy.Shape.Rows), dy.Shape[1], frequencies.Shape.Last);
        var target = new KernelSlot(dx, dy.DType);
        var slot = target.Inner;
        var lanes = Lanes(half, heads, dy, y, slot.Grad);
        var shape = Shape(rows, half, heads, lanes);
        if (rstd is { } scales) _module[dy.DType, "backward"].Launch(shape, dy, y, frequencies, scales, slot, rows, length, heads, half, lanes, firstPosition, slot.Beta);
        else _module[dy.DType, "rotate_back"].Launch(shape, dy, frequencies, slot, rows, length, heads, half, lanes, firstPosition, slot.Beta);
        target.Finish();
    }

    /// <summary>Lanes that share a head, each with 16 bytes of either half: a power of two within a warp, in blocks a GPU can launch; else 0, element by element.</summary>
    private static int Lanes(int half, int heads, params ReadOnlySpan<Tensor> rows)
    {
        var size = rows[0].DType.Size;
        var lanes = half * size / Vectors.AccessBytes;
        return lanes <= WarpLanes && int.IsPow2(lanes) && 3L * heads * lanes <= MaxBlock && Vectors.Of(half, rows[0].DType, rows) == 1 ? lanes : 0;
    }

    /// <summary>A thread per 32 bytes of a row, or whole warps that walk over the heads. Cosines and sines of a position lie in shared memory.</summary>
    private static LaunchShape Shape(int rows, int half, int heads, int lanes) =>
        LaunchShape.Rows(rows, lanes == 0 ? Block : (3 * heads * lanes + WarpLanes - 1) / WarpLanes * WarpLanes, sharedBytes: 2 * half * sizeof(float));
}

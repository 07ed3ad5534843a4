using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Transpose"/> in <c>native/ptx/transpose.ptx</c>: tiles in shared memory when the last two axes change places.</summary>
internal sealed class CudaTranspose(CudaDevice device) : Transpose.IKernels
{
    private const int Tile = 32;
    private const int LargestGridY = 65535;

    private readonly CudaModule _module = new(device, "transpose");

    public void Run(Tensor x, int axis0, int axis1, GradientSlot y)
    {
        if (x.DType is not (DType.F32 or DType.BF16)) Throw.DType(Transpose.Id, x);
        if (x.Count == 0) return;
        var (rank, columns) = (x.Shape.Rank, x.Shape.Last);
        var columnTiles = (columns + Tile - 1) / Tile;
        if (Math.Min(axis0, axis1) == rank - 2 && Math.Max(axis0, axis1) == rank - 1 && columnTiles <= LargestGridY)
        {
            var rows = x.Shape[rank - 2];
            var matrices = checked((int)(x.Count / ((long)rows * columns)));
            var grid = new LaunchShape(checked(matrices * ((rows + Tile - 1) / Tile)), columnTiles, 1, Tile, 8);
            _module[x.DType, y.Grad.DType, "tiled"].Launch(grid, x, y, matrices, rows, columns, y.Beta);
            return;
        }

        var (shape, strides) = (y.Grad.Shape, RowStrides.Exchanged(x.Shape, axis0, axis1));
        _module[x.DType, y.Grad.DType, "general"].Launch(LaunchShape.RowElements(shape.Rows, shape.Last),
            x, strides.S0, strides.S1, strides.S2, strides.S3, y, checked((int)shape.Rows), (long)shape.Last, Broadcast.Extent(shape, 3), Broadcast.Extent(shape, 2), y.Beta);
    }
}

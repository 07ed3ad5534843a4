using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Embedding"/> in <c>native/ptx/embedding.ptx</c>: row copies forward; backward a stable counting sort of the positions by id, then a sum per row.</summary>
internal sealed class CudaEmbedding(CudaDevice device) : Embedding.IKernels
{
    private const int RowsPerBlock = 8;
    private const int Tile = 1024;

    private readonly CudaModule _module = new(device, "embedding");

    public void Forward(Tensor weight, Tensor ids, Tensor y)
    {
        if (weight.DType is not (DType.F32 or DType.BF16)) Throw.DType(Embedding.Id, weight);
        device.CheckIndices(Embedding.Id, static bound => $"ids must lie in [0, {bound})", ids, weight.Shape[0]);
        if (y.Count == 0) return;
        var count = checked((int)ids.Count);
        var vectors = Vectors.Of(weight.Shape[1], weight.DType, weight, y);
        _module[weight.DType, "forward"].Launch(LaunchShape.Rows((count + RowsPerBlock - 1) / RowsPerBlock, 32 * RowsPerBlock), weight, ids, y, count, weight.Shape[1], vectors);
    }

    public void Backward(Tensor dy, Tensor ids, GradientSlot dweight)
    {
        if (dweight.Grad.Count == 0) return;
        var (count, vocabulary, columns) = (checked((int)ids.Count), dweight.Grad.Shape[0], dweight.Grad.Shape[1]);
        if (count == 0)
        {
            if (dweight.Beta == 0) dweight.Grad.Clear();
            return;
        }

        using var scope = Scope.Enter();
        var tiles = (count + Tile - 1) / Tile;
        var (rank, order) = (Tensor.Empty([count], DType.I32, device), Tensor.Empty([count], DType.I32, device));
        var (total, start) = (Tensor.Empty([vocabulary], DType.I32, device), Tensor.Empty([vocabulary + 1], DType.I32, device));
        var counts = Tensor.Zeros([tiles, vocabulary], DType.I32, device);
        _module[DType.I32, "rank"].Launch(LaunchShape.Rows(tiles, Tile), ids, rank, counts, count, vocabulary);
        _module[DType.I32, "prefix"].Launch(LaunchShape.Elements(vocabulary), counts, total, vocabulary, tiles);
        _module[DType.I32, "starts"].Launch(LaunchShape.Rows(1, Tile), total, start, vocabulary);
        _module[DType.I32, "order"].Launch(LaunchShape.Elements(count), ids, rank, counts, start, order, count, vocabulary);

        // One block per row of the table; the gradient of a bf16 parameter is f32.
        var sum = _module[dy.DType, dweight.Grad.DType, "backward"];
        var columnBlocks = LaunchShape.Columns(columns);
        sum.Launch(new LaunchShape(vocabulary, columnBlocks.GridX, 1, columnBlocks.BlockX), dy, start, order, dweight, count, vocabulary, columns, dweight.Beta);
    }
}

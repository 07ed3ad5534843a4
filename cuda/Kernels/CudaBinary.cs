using SiaEngine.Ops;

namespace SiaEngine.Cuda;

/// <summary><see cref="Binary"/> in <c>native/ptx/binary.ptx</c>: entries for each function and derivative.</summary>
internal sealed class CudaBinary(CudaDevice device) : Binary.IKernels
{
    private static readonly string[] ForwardOf = Array.ConvertAll(Enum.GetNames<BinaryFunction>(), static name => $"forward_{name.ToLowerInvariant()}");
    private static readonly string[] FirstOf = Array.ConvertAll(Enum.GetNames<BinaryFunction>(), static name => $"backward_{name.ToLowerInvariant()}_first");
    private static readonly string[] SecondOf = Array.ConvertAll(Enum.GetNames<BinaryFunction>(), static name => $"backward_{name.ToLowerInvariant()}_second");

    private readonly CudaModule _module = new(device, "binary");

    public void Forward(BinaryFunction f, Tensor a, Tensor b, Tensor y)
    {
        if (a.DType is not (DType.F32 or DType.BF16)) Throw.DType(Binary.Id, a);
        if (y.Count == 0) return;
        var (rows, columns, left, right) = Rows(a, b, y.Shape);
        _module[y.DType, ForwardOf[(int)f]].Launch(LaunchShape.RowElements(rows, columns),
            a, left.S0, left.S1, left.S2, left.S3, b, right.S0, right.S1, right.S2, right.S3, y,
            rows, columns, Broadcast.Extent(y.Shape, 3), Broadcast.Extent(y.Shape, 2));
    }

    public void Backward(BinaryFunction f, Tensor dy, Tensor a, Tensor b, bool first, GradientSlot slot)
    {
        if (dy.Count == 0) return;
        var (rows, columns, left, right) = Rows(a, b, dy.Shape);
        _module[dy.DType, slot.Grad.DType, (first ? FirstOf : SecondOf)[(int)f]].Launch(LaunchShape.RowElements(rows, columns),
            dy, a, left.S0, left.S1, left.S2, left.S3, b, right.S0, right.S1, right.S2, right.S3, slot,
            rows, columns, Broadcast.Extent(dy.Shape, 3), Broadcast.Extent(dy.Shape, 2), slot.Beta);
    }

    /// <summary>The result as rows, and the strides of both operands; operands of one shape are one long row.</summary>
    private static (int Rows, long Columns, RowStrides Left, RowStrides Right) Rows(Tensor a, Tensor b, Shape shape) => a.Shape == b.Shape
        ? (1, shape.Count, RowStrides.Flat, RowStrides.Flat)
        : (checked((int)shape.Rows), shape.Last, RowStrides.Broadcast(a.Shape), RowStrides.Broadcast(b.Shape));
}

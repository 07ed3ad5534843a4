namespace SiaEngine.Cuda;

/// <summary>
/// Strides, in elements, of an operand by the four axes of a result, missing axes first: what <c>native/ptx/include/rows.ptx</c> takes. Along an axis of
/// stride 0 the operand is repeated.
/// </summary>
internal readonly record struct RowStrides(long S0, long S1, long S2, long S3)
{
    /// <summary>One contiguous row.</summary>
    public static RowStrides Flat => new(0, 0, 0, 1);

    /// <summary>An operand broadcast to a shape: axes of extent 1 are repeated.</summary>
    public static RowStrides Broadcast(Shape operand)
    {
        Span<long> strides = stackalloc long[Shape.MaxRank];
        var stride = 1L;
        for (var fromLast = 1; fromLast <= Shape.MaxRank; fromLast++)
        {
            var extent = SiaEngine.Ops.Broadcast.Extent(operand, fromLast);
            strides[^fromLast] = extent == 1 ? 0 : stride;
            stride *= extent;
        }

        return new(strides[0], strides[1], strides[2], strides[3]);
    }

    /// <summary>A tensor of which two axes are exchanged, by the axes of the result.</summary>
    public static RowStrides Exchanged(Shape shape, int axis0, int axis1)
    {
        Span<long> strides = stackalloc long[Shape.MaxRank];
        strides.Clear();
        var (missing, stride) = (Shape.MaxRank - shape.Rank, 1L);
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[missing + axis] = stride;
            stride *= shape[axis];
        }

        (strides[missing + axis0], strides[missing + axis1]) = (strides[missing + axis1], strides[missing + axis0]);
        return new(strides[0], strides[1], strides[2], strides[3]);
    }
}

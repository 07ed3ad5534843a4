namespace SiaEngine.Ops;

/// <summary>Shapes that fit each other: axes are aligned at the last, and an axis that is missing or has extent 1 is repeated.</summary>
public static class Broadcast
{
    /// <summary>The common shape.</summary>
    /// <exception cref="ShapeException">An axis has two different extents, neither 1.</exception>
    public static Shape Of(string op, Tensor a, Tensor b)
    {
        var rank = Math.Max(a.Shape.Rank, b.Shape.Rank);
        Span<int> extents = stackalloc int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (x, y) = (Extent(a.Shape, i), Extent(b.Shape, i));
            Throw.Unless(x == y || x == 1 || y == 1, op, "extents must agree or be 1, from the last axis on", a, b);
            extents[rank - i] = x == 1 ? y : x;
        }

        return Shape.Create(extents);
    }

    /// <summary>slot.Grad = slot.Beta · slot.Grad + x summed over the axes along which the shape of the slot was repeated.</summary>
    public static void Unbroadcast(Tensor x, GradientSlot slot)
    {
        var (target, axes) = (slot.Grad.Shape, 0);
        for (var axis = 0; axis < x.Shape.Rank; axis++)
            if (x.Shape[axis] != Extent(target, x.Shape.Rank - axis)) axes++;
        if (axes == 0)
        {
            x.Device.Kernels<Add.IKernels>().Accumulate(x, slot);
            return;
        }

        for (var axis = 0; axis < x.Shape.Rank; axis++)
        {
            if (x.Shape[axis] == Extent(target, x.Shape.Rank - axis)) continue;
            var sum = --axes == 0 ? slot : new(Tensor.Empty(x.Shape.With(axis, 1), x.DType, x.Device), 0);
            x.Device.Kernels<Reduce.IKernels>().Forward(ReduceFunction.Sum, x, axis, sum);
            if (axes == 0) return;
            x = sum.Grad;
        }
    }

    /// <summary>Extent of the axis at a position counted from the last, which is 1; 1 if there is none.</summary>
    public static int Extent(Shape shape, int fromLast) => fromLast <= shape.Rank ? shape[shape.Rank - fromLast] : 1;
}

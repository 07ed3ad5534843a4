namespace SiaEngine.Ops;

/// <summary>Axis arguments of ops.</summary>
public static class Axis
{
    /// <summary>The axis counted from the first; negative ones count from the last.</summary>
    /// <exception cref="ShapeException">x has no such axis.</exception>
    public static int Of(string op, Tensor x, int axis)
    {
        var at = axis < 0 ? axis + x.Shape.Rank : axis;
        if (at < 0 || at >= x.Shape.Rank) throw new ShapeException($"{op}: axis {axis} does not exist; got x {x}.");
        return at;
    }

    /// <summary>x seen as [outer, n, inner] around an axis.</summary>
    public static (long Outer, int N, long Inner) Split(Shape shape, int axis)
    {
        var (outer, inner) = (1L, 1L);
        for (var i = 0; i < axis; i++) outer *= shape[i];
        for (var i = axis + 1; i < shape.Rank; i++) inner *= shape[i];
        return (outer, shape[axis], inner);
    }
}

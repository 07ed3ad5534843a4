namespace SiaEngine.Ops;

/// <summary>The same elements under another shape; no data moves.</summary>
/// <remarks>
/// forward   y = x as another shape of equal count
/// backward  dx = dy as the shape of x, handed on without a copy
/// saves     nothing
/// </remarks>
public readonly struct Reshape : IOp
{
    private readonly Tensor _x;

    private Reshape(Tensor x) => _x = Tape.Track(x);

    /// <inheritdoc/>
    public static string Id => "reshape";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("odd", static (_, t) => Apply(ReluSquared.Apply(Apply(t[0], [3, 35])), [105]), [3, 5, 7]),
        new("leaf used twice", static (_, t) => Add.Apply(Apply(t[0], [6]), Apply(t[0], [6])), [2, 3]),
        new("size 1", static (_, t) => Apply(t[0], []), [1, 1]),
    ];

    /// <summary>A view of x with another shape.</summary>
    /// <exception cref="ShapeException">The counts differ.</exception>
    public static Tensor Apply(Tensor x, Shape shape)
    {
        if (shape.Count != x.Count) throw new ShapeException($"{Id}: {shape} must have as many elements as x; got {shape.Count}, x {x} has {x.Count}.");
        var y = x.As(shape);
        return Tape.Needs(x) ? Tape.Record(new Reshape(x), y) : y;
    }

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads) => grads.Share(_x, dy.As(_x.Shape));
}

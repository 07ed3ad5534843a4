namespace SiaEngine.Ops;

/// <summary>Elementwise functions of one tensor.</summary>
/// <remarks>
/// forward   y = f(x)                          x, y of one shape
/// backward  dx = f′ · dy, f′ from what was saved
/// saves     y where f′ is a function of y (sqrt, reciprocal, exp, tanh, sigmoid), else x
/// </remarks>
public readonly struct Unary : IOp
{
    /// <summary>What a device implements.</summary>
    public interface IKernels
    {
        /// <summary>y = f(x).</summary>
        void Forward(UnaryFunction f, Tensor x, Tensor y);

        /// <summary>dx = f′ · dy; <paramref name="saved"/> is x or y, as <see cref="SavesResult"/> says.</summary>
        void Backward(UnaryFunction f, Tensor dy, Tensor saved, GradientSlot dx);
    }

    private readonly UnaryFunction _f;
    private readonly Tensor _x, _saved;

    private Unary(UnaryFunction f, Tensor x, Tensor y) => (_f, _x, _saved) = (f, Tape.Track(x), Tape.Save(SavesResult(f) ? y : x));

    /// <inheritdoc/>
    public static string Id => "unary";

    /// <inheritdoc/>
    public static GradientCase[] GradientCases =>
    [
        new("abs", static (_, t) => Abs(t[0]), [3, 7]),
        new("square", static (_, t) => Square(t[0]), [3, 7]),
        new("sqrt", static (_, t) => Sqrt(t[0]), [3, 7]) { Scale = 0.3, Offset = 2 },
        new("reciprocal", static (_, t) => Reciprocal(t[0]), [3, 7]) { Scale = 0.3, Offset = -2 },
        new("exp", static (_, t) => Exp(t[0]), [3, 7]),
        new("log", static (_, t) => Log(t[0]), [3, 7]) { Scale = 0.3, Offset = 2 },
        new("tanh", static (_, t) => Tanh(t[0]), [3, 7]),
        new("sigmoid", static (_, t) => Sigmoid(t[0]), [3, 7]),
        new("relu", static (_, t) => Relu(t[0]), [3, 7]),
        new("silu", static (_, t) => Silu(t[0]), [3, 7]),
        new("gelu", static (_, t) => Gelu(t[0]), [3, 7]),
        new("size 1", static (_, t) => Tanh(Exp(t[0])), [1]),
    ];

    /// <summary>Whether the derivative is a function of the result, so that the result is what is kept.</summary>
    public static bool SavesResult(UnaryFunction f) =>
        f is UnaryFunction.Sqrt or UnaryFunction.Reciprocal or UnaryFunction.Exp or UnaryFunction.Tanh or UnaryFunction.Sigmoid;

    /// <summary>f(x).</summary>
    public static Tensor Apply(UnaryFunction f, Tensor x)
    {
        var y = Tensor.Like(x);
        x.Device.Kernels<IKernels>().Forward(f, x, y);
        return Tape.Needs(x) ? Tape.Record(new Unary(f, x, y), y) : y;
    }

    /// <summary>−x.</summary>
    public static Tensor Negate(Tensor x) => Scale.Apply(x, -1);

    /// <summary>|x|.</summary>
    public static Tensor Abs(Tensor x) => Apply(UnaryFunction.Abs, x);

    /// <summary>x².</summary>
    public static Tensor Square(Tensor x) => Apply(UnaryFunction.Square, x);

    /// <summary>√x.</summary>
    public static Tensor Sqrt(Tensor x) => Apply(UnaryFunction.Sqrt, x);

    /// <summary>1 / x.</summary>
    public static Tensor Reciprocal(Tensor x) => Apply(UnaryFunction.Reciprocal, x);

    /// <summary>eˣ.</summary>
    public static Tensor Exp(Tensor x) => Apply(UnaryFunction.Exp, x);

    /// <summary>ln x.</summary>
    public static Tensor Log(Tensor x) => Apply(UnaryFunction.Log, x);

    /// <summary>tanh x.</summary>
    public static Tensor Tanh(Tensor x) => Apply(UnaryFunction.Tanh, x);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public static Tensor Sigmoid(Tensor x) => Apply(UnaryFunction.Sigmoid, x);

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(Tensor x) => Apply(UnaryFunction.Relu, x);

    /// <summary>x · sigmoid(x).</summary>
    public static Tensor Silu(Tensor x) => Apply(UnaryFunction.Silu, x);

    /// <summary>The tanh form of x · Φ(x), as in GPT-2 (Hendrycks &amp; Gimpel 2016, arXiv:1606.08415).</summary>
    public static Tensor Gelu(Tensor x) => Apply(UnaryFunction.Gelu, x);

    /// <inheritdoc/>
    public void Backward(Tensor dy, Gradients grads)
    {
        if (grads.Slot(_x, out var dx)) dy.Device.Kernels<IKernels>().Backward(_f, dy, _saved, dx);
    }
}

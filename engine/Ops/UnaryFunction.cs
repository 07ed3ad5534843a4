namespace SiaEngine.Ops;

/// <summary>Functions of <see cref="Unary"/>.</summary>
public enum UnaryFunction
{
    /// <summary>|x|; derivative sign(x), 0 at 0.</summary>
    Abs,

    /// <summary>x².</summary>
    Square,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>1 / x.</summary>
    Reciprocal,

    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>ln x.</summary>
    Log,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>max(x, 0); derivative 0 at 0.</summary>
    Relu,

    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the form of GPT-2.</summary>
    Gelu,
}

namespace SiaEngine;

/// <summary>Computes the checked result from the case's inputs, in their order.</summary>
public delegate Tensor GradientFunction(GradientContext context, ReadOnlySpan<Tensor> inputs);

/// <summary>
/// One gradient check of an op: random inputs of the given shapes go through <paramref name="function"/>, and every input's gradient is compared
/// with central differences on the CPU in f64; the same case compares other devices and dtypes with that result.
/// </summary>
/// <param name="name">What the case covers.</param>
/// <param name="function">The op applied to the inputs.</param>
/// <param name="inputs">Shapes of the differentiable inputs.</param>
public sealed class GradientCase(string name, GradientFunction function, params Shape[] inputs)
{
    /// <summary>What the case covers.</summary>
    public string Name { get; } = name;

    /// <summary>The op applied to the inputs.</summary>
    public GradientFunction Function { get; } = function;

    /// <summary>Shapes of the differentiable inputs.</summary>
    public IReadOnlyList<Shape> Inputs { get; } = inputs;

    /// <summary>Standard deviation of the normal inputs.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Added to every input, for functions that need, say, positive arguments.</summary>
    public double Offset { get; init; }

    /// <summary>Inputs, by index, that are kept in the accumulator type whatever the dtype of the others, as tables are.</summary>
    public IReadOnlyList<int> Tables { get; init; } = [];
}

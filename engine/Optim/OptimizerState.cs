namespace SiaEngine;

/// <summary>A tensor an optimizer remembers between steps.</summary>
/// <param name="Name">Name of the parameter, a dot and the name of the moment, as in <c>blocks.0.q.momentum</c>.</param>
/// <param name="Tensor">Its values, in the dtype of the masters.</param>
public readonly record struct OptimizerState(string Name, Tensor Tensor);

namespace SiaEngine;

/// <summary>Where a backward kernel leaves a gradient: <c>Grad = Beta · Grad + contribution</c>, Beta 0 (write) or 1 (add).</summary>
public readonly record struct GradientSlot(Tensor Grad, float Beta);

namespace SiaEngine;

/// <summary>Outcome of one <see cref="GradientCase"/>.</summary>
/// <param name="Op">Id of the op.</param>
/// <param name="Case">Name of the case.</param>
/// <param name="Checked">Gradient elements compared.</param>
/// <param name="WorstError">Largest |analytic − numeric| / (1 + |numeric|).</param>
/// <param name="Worst">Where that was, with both values.</param>
public sealed record GradientCheckResult(string Op, string Case, long Checked, double WorstError, string Worst)
{
    /// <summary>Whether every element is within <see cref="GradientCheck.Tolerance"/>.</summary>
    public bool Holds => WorstError <= GradientCheck.Tolerance;
}

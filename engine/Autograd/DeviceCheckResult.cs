namespace SiaEngine;

/// <summary>Outcome of one <see cref="GradientCase"/> on a device.</summary>
/// <param name="Op">Id of the op.</param>
/// <param name="Case">Name of the case.</param>
/// <param name="Checked">Elements compared.</param>
/// <param name="WorstError">Error of the element that comes closest to, or furthest beyond, its tolerance.</param>
/// <param name="Tolerance">Tolerance of that element's tensor.</param>
/// <param name="Worst">Where that was, with both values.</param>
public sealed record DeviceCheckResult(string Op, string Case, long Checked, double WorstError, double Tolerance, string Worst)
{
    /// <summary>Whether every element is within its tolerance.</summary>
    public bool Holds => Checked > 0 && WorstError <= Tolerance;
}

namespace SiaEngine.Train.Needle;

/// <summary>Needles found at one context.</summary>
/// <param name="Context">Tokens of prompt and answer.</param>
/// <param name="Needles">Needles asked for, three per example.</param>
/// <param name="Found">Needles answered with city and number both right.</param>
internal sealed record NeedleScore(int Context, int Needles, int Found)
{
    /// <summary>Share found.</summary>
    public double Accuracy => (double)Found / Needles;

    /// <summary>Standard error of the share over needles, √(p (1 − p) / n).</summary>
    public double StandardError => Math.Sqrt(Accuracy * (1 - Accuracy) / Needles);
}

namespace SiaEngine.Train.Bench;

/// <summary>Times along one size.</summary>
/// <param name="Name">What is timed.</param>
/// <param name="Axis">The size.</param>
/// <param name="Expected">What the exponent should tend to, in words.</param>
/// <param name="Points">Size, seconds, GFLOP/s of useful work.</param>
internal sealed record ScalingSweep(string Name, string Axis, string Expected, IReadOnlyList<(int Size, double Seconds, double Gflops)> Points)
{
    /// <summary>Fit over all points.</summary>
    public PowerLaw All { get; } = PowerLaw.Fit([.. Points.Select(static p => ((double)p.Size, p.Seconds))]);

    /// <summary>Fit over the larger half.</summary>
    public PowerLaw Large { get; } = PowerLaw.Fit([.. Points.Skip(Points.Count / 2 - (Points.Count < 4 ? 1 : 0)).Select(static p => ((double)p.Size, p.Seconds))]);
}

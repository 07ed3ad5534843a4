namespace SiaEngine.Train.Statistics;

/// <summary>A point of a QQ plot: the score at the share of the scores that a standard normal has below <paramref name="Normal"/>.</summary>
/// <param name="Normal">Standard normal quantile.</param>
/// <param name="Score">Quantile of the scores.</param>
internal sealed record QuantilePoint(double Normal, double Score);

namespace SiaEngine.Train.Statistics;

/// <summary>Distribution of the scores q·k/√D of one layer, heads pooled: t > 0, first token excluded.</summary>
/// <param name="Count">Scores seen.</param>
/// <param name="Mean">Mean.</param>
/// <param name="StandardDeviation">Standard deviation.</param>
/// <param name="Skewness">Third standardised moment; 0 for a normal.</param>
/// <param name="ExcessKurtosis">Fourth standardised moment − 3; 0 for a normal.</param>
/// <param name="Quantiles">QQ points.</param>
internal sealed record ScoreStatistics(long Count, double Mean, double StandardDeviation, double Skewness, double ExcessKurtosis, IReadOnlyList<QuantilePoint> Quantiles);

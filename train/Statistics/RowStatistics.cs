namespace SiaEngine.Train.Statistics;

/// <summary>Mean over the attention rows of the queries at positions [Start, End), which see Start + 1 … End keys.</summary>
/// <param name="Start">First position.</param>
/// <param name="End">Position after the last.</param>
/// <param name="Count">Rows taken, over positions, heads and sequences.</param>
/// <param name="Entropy">Entropy over all keys, nats.</param>
/// <param name="Last100">Share of the attention on the last 100 keys, the query's own included.</param>
/// <param name="Distances">By distance, a range per decade.</param>
internal sealed record RowStatistics(int Start, int End, long Count, double Entropy, double Last100, IReadOnlyList<DistanceStatistics> Distances);

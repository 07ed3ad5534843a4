namespace SiaEngine.Train.Statistics;

/// <summary>Attention of one layer.</summary>
/// <param name="Layer">Number, from 0.</param>
/// <param name="Rows">By position of the query, in ranges that double.</param>
/// <param name="Scores">Distribution of the scores.</param>
internal sealed record LayerStatistics(int Layer, IReadOnlyList<RowStatistics> Rows, ScoreStatistics Scores);

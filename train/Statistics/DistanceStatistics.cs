namespace SiaEngine.Train.Statistics;

/// <summary>Attention on the keys at distances [Start, End).</summary>
/// <param name="Start">First distance.</param>
/// <param name="End">Distance after the last.</param>
/// <param name="Complete">Whether every row of the range sees all of these distances.</param>
/// <param name="Mass">Mean share of the attention.</param>
/// <param name="Entropy">Mean entropy of the attention normalised within these distances, nats; null where no row has any attention there.</param>
internal sealed record DistanceStatistics(int Start, int End, bool Complete, double Mass, double? Entropy);

namespace SiaEngine.Train.Statistics;

/// <summary>Attention of all layers over sequences of one length.</summary>
/// <param name="Context">Tokens per sequence.</param>
/// <param name="Sequences">Sequences read.</param>
/// <param name="Layers">By layer.</param>
internal sealed record ContextStatistics(int Context, int Sequences, IReadOnlyList<LayerStatistics> Layers);

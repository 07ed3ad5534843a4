namespace SiaEngine.Train;

/// <summary>An evaluation as read back from <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Steps trained.</param>
/// <param name="Losses">Validation loss by context, nats per token.</param>
public sealed record LoggedEvaluation(int Step, IReadOnlyDictionary<int, double> Losses);

namespace SiaEngine.Train;

/// <summary>A step as read back from <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Number, from 1.</param>
/// <param name="Loss">Mean loss of its tokens, nats.</param>
/// <param name="Seconds">Time it took.</param>
public readonly record struct LoggedStep(int Step, double Loss, double Seconds);

namespace SiaEngine.Train;

/// <summary>Mean loss of the positions [Start, End) of every sequence, nats per token.</summary>
public sealed record PositionLoss(int Start, int End, double Mean);

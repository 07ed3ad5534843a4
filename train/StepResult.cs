namespace SiaEngine.Train;

/// <summary>What one optimizer step reports.</summary>
/// <param name="Loss">Mean loss of the step's tokens before the update, nats.</param>
/// <param name="GradientNorm">Global L2 norm of the mean gradient.</param>
/// <param name="RateFactor">Schedule's multiplier of the base learning rates.</param>
public readonly record struct StepResult(double Loss, double GradientNorm, double RateFactor);

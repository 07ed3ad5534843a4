namespace SiaEngine.Cuda;

/// <summary>One step on the way to a usable GPU.</summary>
/// <param name="What">The step.</param>
/// <param name="Found">What was found or computed; if it does not hold, what was tried and why it failed.</param>
/// <param name="Holds">Whether the next step can be tried.</param>
public sealed record DriverFinding(string What, string Found, bool Holds);

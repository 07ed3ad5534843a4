namespace SiaEngine.SimulatedCuda;

/// <summary>A call that ends with a status; with a message it is reported on standard error.</summary>
/// <param name="status">What the call returns.</param>
/// <param name="message">What the program did wrong, or nothing for statuses that programs ask for.</param>
internal sealed class CuException(CuResult status, string message = "") : Exception(message)
{
    /// <summary>What the call returns.</summary>
    public CuResult Status { get; } = status;
}

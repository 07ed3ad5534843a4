namespace SiaEngine.Cuda;

/// <summary>A call of the CUDA driver or of cuBLAS that failed, or a kernel that the simulator stopped; the message names call, status and kernel.</summary>
public sealed class CudaException : Exception
{
    /// <summary>Empty failure.</summary>
    public CudaException()
    {
    }

    /// <summary>Failure with a message.</summary>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>Failure caused by another.</summary>
    public CudaException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Failure of a call of the driver or of cuBLAS.</summary>
    /// <param name="call">The entry point, as <c>cuLaunchKernel</c>.</param>
    /// <param name="status">What it answered, as <c>CUDA_ERROR_ILLEGAL_ADDRESS</c>.</param>
    /// <param name="kernel">The kernel it was about, or for a failure reported late the last one launched; null if there is none.</param>
    /// <param name="deviceLost">Whether every later call of this process will fail too.</param>
    /// <param name="message">All of it in words.</param>
    public CudaException(string call, string status, string? kernel, bool deviceLost, string message)
        : base(message) => (Call, Status, Kernel, DeviceLost) = (call, status, kernel, deviceLost);

    /// <summary>The entry point that failed; empty when the simulator stopped a kernel.</summary>
    public string Call { get; } = "";

    /// <summary>What it answered.</summary>
    public string Status { get; } = "";

    /// <summary>The kernel concerned, if one is known.</summary>
    public string? Kernel { get; }

    /// <summary>Whether the context is beyond use: every later call gives the same status.</summary>
    public bool DeviceLost { get; }
}

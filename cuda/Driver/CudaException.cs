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
}

namespace SiaEngine.Model;

/// <summary>Thrown when a file of weights or state cannot be used; the message is one line naming the file, the tensor and what was expected.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Exception without a message.</summary>
    public CheckpointException()
    {
    }

    /// <summary>Exception with one line.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

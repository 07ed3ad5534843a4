namespace SiaEngine.Train;

/// <summary>Thrown when training cannot go on, such as when the loss is no longer a number; the message is one line.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Exception without a message.</summary>
    public TrainingException()
    {
    }

    /// <summary>Exception with one line.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

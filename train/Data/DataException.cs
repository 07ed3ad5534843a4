namespace SiaEngine.Train.Data;

/// <summary>Thrown when input data is missing, empty, unreadable or malformed; the message is one line naming the file and what is accepted.</summary>
public sealed class DataException : Exception
{
    /// <summary>Exception without a message.</summary>
    public DataException()
    {
    }

    /// <summary>Exception with one line.</summary>
    public DataException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public DataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

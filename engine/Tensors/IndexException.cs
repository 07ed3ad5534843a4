namespace SiaEngine;

/// <summary>Thrown when an index held by a tensor, such as a token id, lies outside what it points into.</summary>
public sealed class IndexException : Exception
{
    /// <summary>Exception without a message.</summary>
    public IndexException()
    {
    }

    /// <summary>Exception with one line: op, rule, the index and its position.</summary>
    public IndexException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public IndexException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

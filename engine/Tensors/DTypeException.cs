namespace SiaEngine;

/// <summary>Thrown when an element type does not fit the rule of an op or has no kernel.</summary>
public sealed class DTypeException : Exception
{
    /// <summary>Exception without a message.</summary>
    public DTypeException()
    {
    }

    /// <summary>Exception with one line: op, rule, operands.</summary>
    public DTypeException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public DTypeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

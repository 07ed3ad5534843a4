namespace SiaEngine;

/// <summary>Thrown when a shape or size does not fit the rule of an op.</summary>
public sealed class ShapeException : Exception
{
    /// <summary>Exception without a message.</summary>
    public ShapeException()
    {
    }

    /// <summary>Exception with one line: op, rule, operands.</summary>
    public ShapeException(string message)
        : base(message)
    {
    }

    /// <summary>Exception with one line and its cause.</summary>
    public ShapeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

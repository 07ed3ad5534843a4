namespace SiaEngine.Cuda;

/// <summary>PTX that cannot be read, assembled or loaded; the message starts with file, line and column.</summary>
public sealed class PtxException : Exception
{
    /// <summary>Empty failure.</summary>
    public PtxException()
    {
    }

    /// <summary>Failure with a message of one line.</summary>
    public PtxException(string message)
        : base(message)
    {
    }

    /// <summary>Failure caused by another.</summary>
    public PtxException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Failure at a place of the assembled text.</summary>
    public PtxException(PtxSource source, int line, int column, string what)
        : base($"{source.Place(line)}:{column}: {what}")
    {
    }
}

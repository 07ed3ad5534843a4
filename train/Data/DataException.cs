namespace SiaEngine.Train.Data;

/// <summary>
/// Input that cannot be used: a missing folder, an empty corpus, a broken file. One line that names the file and what is accepted; exit code 2.
/// </summary>
public sealed class DataException : Exception
{
    /// <summary>An error of one line.</summary>
    public DataException(string message) : base(message)
    {
    }

    /// <summary>An error of one line with its cause.</summary>
    public DataException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>The error for a file the system would not let us read.</summary>
    internal static DataException Unreadable(string path, Exception cause) => new($"{path}: cannot be read: {FirstLine(cause.Message)}", cause);

    internal static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }
}

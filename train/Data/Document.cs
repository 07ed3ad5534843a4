namespace SiaEngine.Train.Data;

/// <summary>One text of a corpus. The last 5% are held out for validation.</summary>
/// <param name="Name">File, line, row or assembly and namespace it came from.</param>
/// <param name="Text">Well-formed UTF-16.</param>
public sealed record Document(string Name, string Text)
{
    private const int HeldOutPart = 20;

    /// <summary>The text to train on.</summary>
    public ReadOnlyMemory<char> TrainPart => Text.AsMemory(0, Cut());

    /// <summary>The held-out end; empty for a document of less than 20 characters or with no white space in its last 5%.</summary>
    public ReadOnlyMemory<char> ValidationPart => Text.AsMemory(Cut());

    private int Cut() => Gpt2PreTokenizer.SafeCut(Text, Text.Length - Text.Length / HeldOutPart);
}

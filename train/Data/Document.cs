namespace SiaEngine.Train.Data;

/// <summary>A named piece of text; training and validation text are cut from each document.</summary>
/// <param name="Name">Where it comes from, such as an assembly and namespace.</param>
/// <param name="Text">The text.</param>
public sealed record Document(string Name, string Text)
{
    /// <summary>Share of each document held out for validation.</summary>
    public const double HeldOut = 0.05;

    /// <summary>First character of the held-out part: the start of the first line in the last 5%.</summary>
    public int ValidationStart
    {
        get
        {
            var cut = (int)(Text.Length * (1 - HeldOut));
            var line = Text.IndexOf('\n', cut);
            return line < 0 || line + 1 == Text.Length ? cut : line + 1;
        }
    }
}

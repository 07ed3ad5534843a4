namespace SiaEngine.Cuda;

/// <summary>PTX as it is assembled, and where each line came from: templates expand one source line to many.</summary>
/// <param name="Name">Name in messages: a file name such as <c>rms_norm.ptx</c>.</param>
/// <param name="Text">What the assembler, the driver and the simulator read.</param>
/// <param name="Lines">For each line of <paramref name="Text"/>, from index 0, the line of the file it came from; empty when the text is the file.</param>
public sealed record PtxSource(string Name, string Text, IReadOnlyList<int> Lines)
{
    /// <summary>Text that is its own source.</summary>
    public PtxSource(string name, string text)
        : this(name, text, [])
    {
    }

    /// <summary>Place in the source file of a line of the assembled text, as <c>rms_norm.ptx:57</c>.</summary>
    public string Place(int line) => $"{Name}:{FileLine(line)}";

    /// <summary>Line of the source file behind a line of the assembled text, both from 1.</summary>
    public int FileLine(int line) => line >= 1 && line <= Lines.Count ? Lines[line - 1] : line;
}

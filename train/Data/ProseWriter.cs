namespace SiaEngine.Train.Data;

/// <summary>Text as it comes out of markup: runs of white space become one space, lines break only where asked.</summary>
internal sealed class ProseWriter
{
    private char[] _text = new char[1024];
    private bool _space;

    /// <summary>Characters so far.</summary>
    public int Length { get; private set; }

    private bool AtLineStart => Length == 0 || _text[Length - 1] == '\n';

    /// <summary>Appends text, collapsing white space; none is written at the start of a line.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        if (_text.Length - Length < text.Length + 2) Array.Resize(ref _text, 2 * (Length + text.Length + 2));
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                _space = true;
                continue;
            }

            if (_space && !AtLineStart) _text[Length++] = ' ';
            _space = false;
            _text[Length++] = c;
        }
    }

    /// <summary>Ends the line, unless one has just ended.</summary>
    public void Break()
    {
        _space = false;
        if (AtLineStart) return;
        if (Length == _text.Length) Array.Resize(ref _text, 2 * Length);
        _text[Length++] = '\n';
    }

    /// <summary>Forgets everything after <paramref name="length"/> characters.</summary>
    public void CutBack(int length) => (Length, _space) = (length, false);

    /// <summary>The text so far; the writer is empty afterwards.</summary>
    public string Take()
    {
        Break();
        var text = new string(_text, 0, Length);
        CutBack(0);
        return text;
    }
}

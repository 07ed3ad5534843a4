using System.Text;

namespace SiaEngine.Train.Data;

/// <summary>Text as it comes out of markup: runs of white space become one space, lines break only where asked.</summary>
internal sealed class ProseWriter
{
    private readonly StringBuilder _text = new();
    private bool _space;

    /// <summary>Characters so far.</summary>
    public int Length => _text.Length;

    private bool AtLineStart => _text.Length == 0 || _text[^1] == '\n';

    /// <summary>Appends text, collapsing white space; none is written at the start of a line.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                _space = true;
                continue;
            }

            if (_space && !AtLineStart) _text.Append(' ');
            _space = false;
            _text.Append(c);
        }
    }

    /// <summary>Ends the line, unless one has just ended.</summary>
    public void Break()
    {
        _space = false;
        if (!AtLineStart) _text.Append('\n');
    }

    /// <summary>Forgets everything after <paramref name="length"/> characters.</summary>
    public void CutBack(int length)
    {
        _text.Length = length;
        _space = false;
    }

    /// <summary>The text so far; the writer is empty afterwards.</summary>
    public string Take()
    {
        Break();
        var text = _text.ToString();
        CutBack(0);
        return text;
    }
}

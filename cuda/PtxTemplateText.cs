namespace SiaEngine.Cuda;

/// <summary>Names and argument lists of templates.</summary>
internal static class PtxTemplateText
{
    /// <summary>Whether the text is a letter or underscore followed by letters, digits and underscores.</summary>
    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || char.IsAsciiDigit(text[0])) return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }

    /// <summary>Splits at commas outside <c>() [] {}</c>; parts are trimmed, an empty text has none.</summary>
    public static List<string> SplitArguments(string text)
    {
        var parts = new List<string>();
        if (text.AsSpan().Trim().IsEmpty) return parts;
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '(' or '[' or '{') depth++;
            if (text[i] is ')' or ']' or '}') depth--;
            if (text[i] != ',' || depth > 0) continue;
            parts.Add(text[start..i].Trim());
            start = i + 1;
        }
        parts.Add(text[start..].Trim());
        return parts;
    }
}

namespace SiaEngine.Cuda;

/// <summary>Finds the comments before the entries of a file and splits them into keys and texts.</summary>
internal sealed class KernelHeaderText(PtxSource source)
{
    private const int Indent = 12;

    private readonly string[] _lines = source.Text.Split('\n');

    /// <summary>All headers by the kernel's name.</summary>
    public Dictionary<string, KernelHeader> Read()
    {
        var headers = new Dictionary<string, KernelHeader>(StringComparer.Ordinal);
        for (var i = 0; i < _lines.Length; i++)
        {
            if (EntryName(_lines[i]) is not { } name) continue;
            var first = FirstLine(i, name);
            if (!headers.TryAdd(name, new KernelHeader(source, name, first + 1, Fields(name, first, i)))) throw Error(i, name, "has two definitions");
        }
        return headers;
    }

    /// <summary>A formula ends at the first colon outside brackets that does not belong to <c>? :</c>; prose follows.</summary>
    public static string BeforeProse(string text)
    {
        var (depth, choices) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '(' or '[') depth++;
            if (text[i] is ')' or ']') depth--;
            if (depth > 0) continue;
            if (text[i] == '?') choices++;
            if (text[i] != ':') continue;
            if (choices == 0) return text[..i].Trim();
            choices--;
        }
        return text.Trim();
    }

    /// <summary>Text behind <c>at most</c>.</summary>
    public static string WithoutBound(string text, out bool isBound)
    {
        isBound = text.StartsWith("at most ", StringComparison.Ordinal);
        return isBound ? text["at most ".Length..].Trim() : text;
    }

    /// <summary>What stands in parentheses behind a word, or null.</summary>
    public static string? Inside(string text, string word)
    {
        if (!text.StartsWith(word, StringComparison.Ordinal)) return null;
        var rest = text[word.Length..].Trim();
        return rest.Length > 2 && rest[0] == '(' && rest[^1] == ')' ? rest[1..^1] : null;
    }

    /// <summary>Letter and value of each <c>N = count</c>.</summary>
    public static IEnumerable<(string Letter, string Value)> Bindings(string text)
    {
        if (text == "none") yield break;
        foreach (var part in PtxTemplateText.SplitArguments(text))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0 ? (part, "") : (part[..equals].Trim(), part[(equals + 1)..].Trim());
        }
    }

    private static string? EntryName(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith(".", StringComparison.Ordinal)) return null;
        var at = text.IndexOf(".entry ", StringComparison.Ordinal);
        if (at < 0) return null;
        text = text[(at + ".entry ".Length)..].Trim();
        var end = text.IndexOfAny(" \t({");
        return (end < 0 ? text : text[..end]).ToString();
    }

    private int FirstLine(int entry, string name)
    {
        for (var i = entry - 1; i >= 0 && _lines[i].StartsWith("//", StringComparison.Ordinal); i--)
            if (_lines[i].TrimEnd() == $"// {name}") return i;
        throw Error(entry, name, $"has no header; a comment whose first line is '// {name}' is expected right before it");
    }

    private Dictionary<string, (string Text, int Line)> Fields(string name, int first, int entry)
    {
        var fields = new Dictionary<string, (string Text, int Line)>(StringComparer.Ordinal);
        var key = "";
        for (var i = first + 1; i < entry; i++)
        {
            var text = _lines[i].AsSpan(2).TrimEnd();
            var blanks = text.Length - text.TrimStart().Length;
            if (blanks == 1)
            {
                var end = text[1..].IndexOf(' ');
                key = (end < 0 ? text[1..] : text[1..(end + 1)]).ToString();
                var expected = fields.Count < KernelHeader.Keys.Count ? KernelHeader.Keys[fields.Count] : null;
                if (key != expected) throw Error(i, name, $"the header has '{key}' where {(expected is null ? "it should end" : $"'{expected}' is expected")}");
                fields.Add(key, (text[(key.Length + 1)..].Trim().ToString(), i + 1));
            }
            else if (blanks >= Indent && key.Length > 0) fields[key] = ($"{fields[key].Text} {text.Trim()}".Trim(), fields[key].Line);
            else throw Error(i, name, $"the header line '{_lines[i].Trim()}' is neither '// key' nor continued behind {Indent} blanks");
        }
        if (fields.Count < KernelHeader.Keys.Count) throw Error(first, name, $"the header has no '{KernelHeader.Keys[fields.Count]}'; the keys are {string.Join(", ", KernelHeader.Keys)}, in this order");
        foreach (var (field, (text, line)) in fields)
            if (text.Length == 0) throw Error(line - 1, name, $"{field} is empty");
        return fields;
    }

    private PtxException Error(int index, string name, string what) => new($"{source.Place(index + 1)}: {name}: {what}");
}

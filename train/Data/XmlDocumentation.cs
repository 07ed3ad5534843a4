using System.Text;
using System.Xml;

namespace SiaEngine.Train.Data;

/// <summary>
/// Turns .NET XML documentation into English: a line per member with its summary, parameters, result, remarks and exceptions, markup stripped,
/// one document per assembly and namespace.
/// </summary>
public static class XmlDocumentation
{
    /// <summary>Documents of one file, ordered by namespace; empty if the file is XML but not documentation.</summary>
    /// <exception cref="DataException">The file is not well-formed XML.</exception>
    public static IEnumerable<Document> Read(string path)
    {
        var namespaces = new SortedDictionary<string, StringBuilder>(StringComparer.Ordinal);
        var assembly = Path.GetFileNameWithoutExtension(path);
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, IgnoreComments = true });
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Name != "member" || reader.GetAttribute("name") is not { Length: > 2 } id) continue;
                var (scope, title) = Split(id);
                var text = new StringBuilder();
                using (var member = reader.ReadSubtree()) Append(member, text);
                if (text.Length == 0) continue;
                if (!namespaces.TryGetValue(scope, out var document)) namespaces.Add(scope, document = new StringBuilder());
                document.Append(title).Append(": ").Append(text).Append('\n');
            }
        }
        catch (XmlException e)
        {
            throw new DataException($"{path}: not well-formed XML ({e.Message})", e);
        }

        return namespaces.Select(pair => new Document($"{assembly}/{pair.Key}", pair.Value.ToString()));
    }

    /// <summary>Namespace and readable name of a documentation id such as <c>M:System.Text.Rune.IsDigit(System.Text.Rune)</c>.</summary>
    internal static (string Namespace, string Title) Split(string id)
    {
        var name = id[2..];
        var end = name.IndexOf('(', StringComparison.Ordinal);
        var path = end < 0 ? name : name[..end];
        var parts = path.Split('.');
        var last = id[0] is 'T' or 'N' ? parts.Length - 1 : parts.Length - 2;
        if (last < 1) return ("global", Readable(id));
        return (string.Join('.', parts[..last]), Readable(id[..2] + string.Join('.', parts[last..]) + (end < 0 ? "" : name[end..])));
    }

    /// <summary>A documentation id as a person would write it: no kind letter, no arity marks, parameter types without namespaces.</summary>
    internal static string Readable(string id)
    {
        var name = id.Length > 2 && id[1] == ':' ? id[2..] : id;
        var text = new StringBuilder(name.Length);
        var start = 0;
        var inside = false;
        for (var i = 0; i <= name.Length; i++)
        {
            var c = i < name.Length ? name[i] : ',';
            if (c is not ('(' or ',' or ')' or '{' or '}')) continue;
            var part = name[start..i];
            text.Append(inside ? part[(part.LastIndexOf('.') + 1)..] : part);
            if (i < name.Length) text.Append(c switch { '{' => '<', '}' => '>', ',' => ", ", _ => c.ToString() });
            inside |= c is '(' or '{';
            start = i + 1;
        }

        return Plain(text.ToString());
    }

    private static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] is '`' or '~')
            {
                while (i + 1 < name.Length && (name[i + 1] == '`' || char.IsDigit(name[i + 1]))) i++;
            }
            else
            {
                text.Append(name[i] == '#' ? "" : name[i]);
            }
        }

        return text.ToString();
    }

    private static void Append(XmlReader member, StringBuilder text)
    {
        while (member.Read())
        {
            switch (member.NodeType)
            {
                case XmlNodeType.Element:
                    Open(member, text);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    Collapse(member.Value, text);
                    break;
            }
        }

        while (text.Length > 0 && text[^1] == ' ') text.Length--;
    }

    private static void Open(XmlReader element, StringBuilder text)
    {
        switch (element.Name)
        {
            case "param" or "typeparam":
                Collapse($" {element.GetAttribute("name")}: ", text);
                break;
            case "returns":
                Collapse(" Returns: ", text);
                break;
            case "exception" when element.GetAttribute("cref") is { } thrown:
                Collapse($" Throws {Short(thrown)}: ", text);
                break;
            case "see" or "seealso" or "paramref" or "typeparamref":
                var target = element.GetAttribute("cref") is { } cref ? Short(cref) : element.GetAttribute("langword") ?? element.GetAttribute("name");
                Collapse(target ?? "", text);
                break;
            case "para" or "br" or "item" or "value" or "remarks" or "summary" or "example" or "code":
                Collapse(" ", text);
                break;
        }
    }

    private static string Short(string cref)
    {
        var name = Readable(cref);
        var end = name.IndexOfAny(['(', '<']);
        var path = end < 0 ? name : name[..end];
        var keep = cref[0] is 'T' or 'N' or '!' ? 1 : 2;
        var dot = path.Length;
        for (; keep > 0 && dot > 0; keep--) dot = path.LastIndexOf('.', dot - 1);
        return dot < 0 ? name : name[(dot + 1)..];
    }

    private static void Collapse(string value, StringBuilder text)
    {
        foreach (var c in value)
        {
            if (!char.IsWhiteSpace(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }
    }
}

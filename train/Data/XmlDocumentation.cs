using System.Text;
using System.Xml;

namespace SiaEngine.Train.Data;

/// <summary>
/// Reads .NET XML documentation (C# specification, annex D) as English: one document per namespace, one paragraph per member with its summary,
/// parameters, result, exceptions and remarks. Markup goes, references become names.
/// </summary>
internal static class XmlDocumentation
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The documents of one file, in the order their namespaces appear.</summary>
    /// <exception cref="DataException">Not well-formed, or not documentation.</exception>
    public static List<Document> Read(Stream stream, string path)
    {
        try
        {
            using var xml = XmlReader.Create(stream, Settings);
            return ByNamespace(Members(xml, path, out var assembly), assembly);
        }
        catch (XmlException e)
        {
            throw new DataException($"{path}: not well-formed XML at line {e.LineNumber}, column {e.LinePosition}", e);
        }
    }

    private static List<(string Id, string Text)> Members(XmlReader xml, string path, out string assembly)
    {
        if (xml.MoveToContent() != XmlNodeType.Element || xml.Name != "doc")
            throw new DataException($"{path}: must be .NET XML documentation, root element <doc>; found <{xml.Name}>");
        assembly = Path.GetFileNameWithoutExtension(path);
        List<(string, string)> members = [];
        var prose = new ProseWriter();
        var inAssembly = false;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.Name == "name" && inAssembly) assembly = xml.ReadString().Trim();
            inAssembly = xml.Name == "assembly";
            if (xml.Name != "member" || xml.GetAttribute("name") is not { Length: > 0 } id) continue;
            if (Member(xml, id, prose) is { Length: > 0 } text) members.Add((id, text));
        }

        return members;
    }

    // The id of a nested type does not tell where its namespace ends; the types declared in the same file do, and namespaces are never generic.
    private static List<Document> ByNamespace(List<(string Id, string Text)> members, string assembly)
    {
        HashSet<string> types = [];
        foreach (var (id, _) in members)
            if (id.StartsWith("T:", StringComparison.Ordinal))
                types.Add(CodeReference.Path(id));
        Dictionary<string, StringBuilder> texts = [];
        List<Document> documents = [];
        List<string> order = [];
        foreach (var (id, text) in members)
        {
            var space = CodeReference.Path(id);
            if (id[0] is not ('T' or 'N')) space = CodeReference.SplitLast(space).Scope;
            if (id[0] != 'N')
                do space = CodeReference.SplitLast(space).Scope;
                while (types.Contains(space) || space.Contains('`', StringComparison.Ordinal));
            if (!texts.TryGetValue(space, out var builder))
            {
                texts[space] = builder = new StringBuilder();
                order.Add(space);
                builder.Append(space.Length == 0 ? "Global namespace" : $"Namespace {space}").Append(" in ").Append(assembly).Append("\n\n");
            }

            builder.Append(text).Append('\n');
        }

        foreach (var space in order) documents.Add(new Document($"{assembly}/{space}", texts[space].ToString().TrimEnd() + "\n"));
        return documents;
    }

    // Heading and paragraph; empty if nothing is said about the member.
    private static string Member(XmlReader xml, string id, ProseWriter body)
    {
        if (xml.IsEmptyElement) return "";
        List<string> parameters = [];
        for (var depth = xml.Depth; xml.Read() && xml.Depth > depth;)
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) body.Text(xml.Value);
            if (xml.NodeType != XmlNodeType.Element) continue;
            body.Break();
            var before = body.Length;
            switch (xml.Name)
            {
                case "param" or "typeparam":
                    var name = xml.GetAttribute("name") ?? "";
                    if (xml.Name == "param") parameters.Add(name);
                    body.Text($"{name}: ");
                    break;
                case "returns" or "return": body.Text("Returns: "); break;
                case "value": body.Text("Value: "); break;
                case "exception": body.Text($"Throws {CodeReference.Readable(xml.GetAttribute("cref") ?? "")}: "); break;
            }

            var label = body.Length;
            Content(xml, body);
            if (body.Length == label) body.CutBack(before);
            body.Break();
        }

        if (body.Length == 0) return "";
        var heading = CodeReference.Readable(id);
        return id[0] == 'M' ? $"{heading}({string.Join(", ", parameters)})\n{body.Take()}" : $"{heading}\n{body.Take()}";
    }

    // Everything inside the current element; leaves the reader on its end.
    private static void Content(XmlReader xml, ProseWriter prose)
    {
        if (xml.IsEmptyElement) return;
        for (var depth = xml.Depth; xml.Read() && xml.Depth > depth;)
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    prose.Text(xml.Value);
                    break;
                case XmlNodeType.Element:
                    Element(xml, prose);
                    break;
            }
        }
    }

    private static void Element(XmlReader xml, ProseWriter prose)
    {
        var name = xml.Name;
        switch (name)
        {
            case "script":
                Content(xml, new ProseWriter());
                return;
            case "paramref" or "typeparamref":
                prose.Text(xml.GetAttribute("name"));
                Content(xml, prose);
                return;
            case "see" or "seealso" or "xref" or "a" or "code" or "c":
                var target = Target(xml);
                var before = prose.Length;
                Content(xml, prose);
                if (prose.Length == before) prose.Text(target);
                return;
        }

        var block = name is "para" or "p" or "div" or "br" or "li" or "ul" or "ol" or "item" or "list" or "listheader" or "example" or "remarks";
        if (block) prose.Break();
        Content(xml, prose);
        if (block) prose.Break();
        else if (name == "term") prose.Text(": ");
    }

    private static string Target(XmlReader xml)
    {
        if (xml.GetAttribute("langword") is { } word) return word;
        if (xml.GetAttribute("cref") is { } reference) return CodeReference.Readable(reference);
        var link = xml.GetAttribute("href") ?? xml.GetAttribute("uid") ?? "";
        return xml.Name == "xref" ? CodeReference.Readable("T:" + link.Split('?')[0]) : link;
    }
}

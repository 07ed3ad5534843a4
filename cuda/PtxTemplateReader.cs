namespace SiaEngine.Cuda;

/// <summary>Nests the lines of a template: a block directive owns the lines up to its <c>#end</c>.</summary>
internal sealed class PtxTemplateReader
{
    private static readonly string[] Separators = ["\r\n", "\n"];

    private readonly string _file;
    private readonly string[] _lines;
    private int _next;

    private PtxTemplateReader(string file, string[] lines) => (_file, _lines) = (file, lines);

    /// <summary>A line: the directive's word or "" for text, the rest, and for blocks the lines inside and those behind <c>#else</c>.</summary>
    internal sealed record Node(string File, int Line, string Directive, string Text, IReadOnlyList<Node> Body, IReadOnlyList<Node> Else)
    {
        /// <summary>A failure at this line.</summary>
        public PtxException Error(string what) => new($"{File}:{Line}: {what}");
    }

    /// <summary>The lines of a file.</summary>
    public static IReadOnlyList<Node> Read(string file, string text)
    {
        var lines = text.Split(Separators, StringSplitOptions.None);
        if (lines.Length > 0 && lines[^1].Length == 0) lines = lines[..^1];
        return new PtxTemplateReader(file, lines).Block(null, 0);
    }

    private List<Node> Block(Node? owner, int depth)
    {
        var nodes = new List<Node>();
        while (_next < _lines.Length)
        {
            var text = _lines[_next++];
            var trimmed = text.AsSpan().Trim();
            if (!trimmed.StartsWith("#", StringComparison.Ordinal))
            {
                nodes.Add(new Node(_file, _next, "", text, [], []));
                continue;
            }
            var end = trimmed.IndexOfAny(' ', '\t');
            var word = (end < 0 ? trimmed : trimmed[..end]).ToString();
            var rest = end < 0 ? "" : WithoutComment(trimmed[end..]).Trim().ToString();
            var node = new Node(_file, _next, word, rest, [], []);
            switch (word)
            {
                case "#include" or "#let":
                    nodes.Add(node);
                    break;
                case "#for" or "#macro" or "#if":
                    if (depth == 64) throw node.Error("blocks are nested deeper than 64");
                    var body = Block(node, depth + 1);
                    var otherwise = word == "#if" && LastDirective() == "#else" ? Block(node with { Directive = "#else" }, depth + 1) : [];
                    nodes.Add(node with { Body = body, Else = otherwise });
                    break;
                case "#end" or "#else":
                    if (rest.Length > 0) throw node.Error($"{word} is followed by '{rest}'; it stands alone on its line");
                    if (owner is null) throw node.Error($"{word} without #for, #if or #macro before it");
                    if (word == "#else" && owner.Directive != "#if") throw node.Error($"#else inside the {owner.Directive} of line {owner.Line}; #end is expected");
                    return nodes;
                default:
                    throw node.Error($"unknown directive '{word}'; the directives are #include, #let, #for, #if, #else, #macro and #end");
            }
        }
        return owner is null ? nodes : throw owner.Error($"{owner.Directive} has no #end");
    }

    private string LastDirective() => _lines[_next - 1].Trim();

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> text) => text.IndexOf("//", StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text;
}

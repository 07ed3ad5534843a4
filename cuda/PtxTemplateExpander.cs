using System.Text;

namespace SiaEngine.Cuda;

/// <summary>Runs the nested lines of a template and collects the text with the line each part came from.</summary>
internal sealed class PtxTemplateExpander(Func<string, string> include)
{
    private const int MostLines = 200_000;
    private const int MostSteps = 2_000_000;
    private const int MostCalls = 64;

    private readonly StringBuilder _text = new();
    private readonly List<int> _lines = [];
    private readonly Stack<Dictionary<string, PtxValue>> _scopes = new([new(StringComparer.Ordinal)]);
    private readonly Dictionary<string, PtxTemplateReader.Node> _macros = new(StringComparer.Ordinal);
    private readonly HashSet<string> _included = new(StringComparer.Ordinal);
    private int _steps;
    private int _calls;
    private int _callLine;
    private bool _inInclude;

    /// <summary>What the lines run so far gave.</summary>
    public PtxSource Result(string name) => new(name, _text.ToString(), [.. _lines]);

    /// <summary>Runs lines in order.</summary>
    public void Run(IReadOnlyList<PtxTemplateReader.Node> nodes)
    {
        foreach (var node in nodes)
        {
            if (++_steps > MostSteps) throw node.Error($"the template takes more than {MostSteps} steps");
            switch (node.Directive)
            {
                case "": Text(node); break;
                case "#include": Include(node); break;
                case "#let": Let(node); break;
                case "#for": For(node); break;
                case "#if": Run(Condition(node) ? node.Body : node.Else); break;
                default: Define(node); break;
            }
        }
    }

    private void Text(PtxTemplateReader.Node node)
    {
        var line = Substitute(node, node.Text);
        if (CallOf(node, line)) return;
        if (_inInclude && _calls == 0 && (line.AsSpan().Trim() is var trimmed) && (trimmed.IsEmpty || trimmed.StartsWith("//", StringComparison.Ordinal))) return;
        if (_lines.Count == MostLines) throw node.Error($"the template expands to more than {MostLines} lines");
        if (line.Length > 100_000) throw node.Error("the line expands to more than 100000 characters");
        _text.Append(line).Append('\n');
        _lines.Add(_callLine > 0 ? _callLine : node.Line);
    }

    private bool CallOf(PtxTemplateReader.Node node, string line)
    {
        var text = line.Trim();
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open <= 0 || !PtxTemplateText.IsName(text.AsSpan(0, open))) return false;
        var name = text[..open];
        if (!_macros.TryGetValue(name, out var macro))
        {
            foreach (var c in name)
                if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c) && c != '_') return false;
            throw node.Error($"no macro '{name}'; the macros are {string.Join(", ", _macros.Keys)}");
        }
        var close = text.LastIndexOf(')');
        var behind = close < 0 ? "" : text[(close + 1)..].Trim();
        if (text.IndexOf("//", StringComparison.Ordinal) is var comment and > 0 && (close < 0 || comment < close))
        {
            close = text.LastIndexOf(')', comment);
            behind = "";
        }
        if (close < 0) throw node.Error($"the call of {name} has no ')'; a call is one line");
        if (behind.Length > 0 && !behind.StartsWith("//", StringComparison.Ordinal)) throw node.Error($"'{behind}' follows the call of {name}; a call stands alone on its line, without semicolon");
        Call(node, macro, PtxTemplateText.SplitArguments(text[(open + 1)..close]));
        return true;
    }

    private void Call(PtxTemplateReader.Node node, PtxTemplateReader.Node macro, List<string> arguments)
    {
        var words = macro.Text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (arguments.Count != words.Length - 1)
            throw node.Error($"{words[0]} is called with {arguments.Count} arguments; it takes {words.Length - 1}: {string.Join(", ", words[1..])}");
        if (_calls == MostCalls) throw node.Error($"macros call each other deeper than {MostCalls}");
        var scope = new Dictionary<string, PtxValue>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++) scope[words[i + 1]] = PtxValue.OfText(arguments[i]);
        var outermost = _callLine == 0;
        if (outermost) _callLine = node.Line;
        _calls++;
        _scopes.Push(scope);
        Run(macro.Body);
        _scopes.Pop();
        _calls--;
        if (outermost) _callLine = 0;
    }

    private void Define(PtxTemplateReader.Node node)
    {
        var words = node.Text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words)
            if (!PtxTemplateText.IsName(word)) throw node.Error($"'{word}' is not a name; #macro NAME p q is accepted");
        if (words.Length == 0) throw node.Error("#macro without a name; #macro NAME p q is accepted");
        if (_macros.TryGetValue(words[0], out var other) && (other.File, other.Line) != (node.File, node.Line))
            throw node.Error($"macro {words[0]} is defined already, in {other.File}:{other.Line}");
        _macros[words[0]] = node;
    }

    private void Include(PtxTemplateReader.Node node)
    {
        if (!PtxTemplateText.IsName(node.Text)) throw node.Error($"'{node.Text}' is not the name of an include file; #include NAME is accepted");
        if (!_included.Add(node.Text)) return;
        string text;
        try
        {
            text = include(node.Text);
        }
        catch (PtxException e)
        {
            throw node.Error(e.Message);
        }
        var (inInclude, callLine) = (_inInclude, _callLine);
        (_inInclude, _callLine) = (true, callLine > 0 ? callLine : node.Line);
        Run(PtxTemplateReader.Read($"include/{node.Text}.ptx", text));
        (_inInclude, _callLine) = (inInclude, callLine);
    }

    private void Let(PtxTemplateReader.Node node)
    {
        var equals = node.Text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : node.Text[..equals].Trim();
        if (!PtxTemplateText.IsName(name)) throw node.Error($"'#let {node.Text}' has no name before '='; #let NAME = EXPR is accepted");
        _scopes.Peek()[name] = Evaluate(node, node.Text[(equals + 1)..]);
    }

    private bool Condition(PtxTemplateReader.Node node)
    {
        var value = Evaluate(node, node.Text);
        try
        {
            return value.IsTrue(node.Text);
        }
        catch (PtxException e)
        {
            throw node.Error(e.Message);
        }
    }

    private void For(PtxTemplateReader.Node node)
    {
        var words = node.Text.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || words[1] != "in" || !PtxTemplateText.IsName(words[0]))
            throw node.Error($"'#for {node.Text}' is not understood; #for X in a b c, #for I in 0..8 and #for I in 0..64 step 8 are accepted");
        foreach (var value in Range(node, Substitute(node, words[2])))
        {
            _scopes.Push(new(StringComparer.Ordinal) { [words[0]] = value });
            Run(node.Body);
            _scopes.Pop();
        }
    }

    private IEnumerable<PtxValue> Range(PtxTemplateReader.Node node, string list)
    {
        var dots = list.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            foreach (var word in list.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) yield return Lookup(word) ?? PtxValue.OfText(word);
            yield break;
        }
        var at = list.IndexOf(" step ", StringComparison.Ordinal);
        var (first, last) = (Integer(node, list[..dots]), Integer(node, at < 0 ? list[(dots + 2)..] : list[(dots + 2)..at]));
        var step = at < 0 ? 1 : Integer(node, list[(at + 6)..]);
        if (step <= 0) throw node.Error($"step {step} is not positive");
        for (var i = first; i < last; i += step)
        {
            if (++_steps > MostSteps) throw node.Error($"the template takes more than {MostSteps} steps");
            yield return PtxValue.OfInteger(i);
        }
    }

    private long Integer(PtxTemplateReader.Node node, string text)
    {
        var value = Evaluate(node, text);
        try
        {
            return value.AsInteger(text.Trim());
        }
        catch (PtxException e)
        {
            throw node.Error(e.Message);
        }
    }

    private PtxValue Evaluate(PtxTemplateReader.Node node, string text)
    {
        try
        {
            return PtxExpression.Parse(text.Trim()).Evaluate(Lookup);
        }
        catch (PtxException e)
        {
            throw node.Error(e.Message);
        }
    }

    private PtxValue? Lookup(string name)
    {
        foreach (var scope in _scopes)
            if (scope.TryGetValue(name, out var value)) return value;
        return null;
    }

    private string Substitute(PtxTemplateReader.Node node, string text)
    {
        var open = text.IndexOf("${", StringComparison.Ordinal);
        if (open < 0) return text;
        var result = new StringBuilder();
        var from = 0;
        for (; open >= 0; open = text.IndexOf("${", from, StringComparison.Ordinal))
        {
            var close = text.IndexOf('}', open);
            if (close < 0) throw node.Error("${ without }; ${EXPR} is accepted");
            result.Append(text, from, open - from).Append(Evaluate(node, text[(open + 2)..close]).Text);
            from = close + 1;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }
}

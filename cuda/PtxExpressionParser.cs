using System.Globalization;

namespace SiaEngine.Cuda;

/// <summary>Recursive descent over an expression's text, loosest binding first: <c>? :</c>, <c>||</c>, <c>&amp;&amp;</c>, <c>|</c>, <c>&amp;</c>, equality, order, shift, sum, product, unary.</summary>
internal sealed class PtxExpressionParser(string text)
{
    private const int MostNesting = 200;

    private static readonly string[][] Levels =
        [["||"], ["&&"], ["|"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    private static readonly Dictionary<string, int> Functions = new(StringComparer.Ordinal)
    {
        ["min"] = 2,
        ["max"] = 2,
        ["log2"] = 1,
        ["hex"] = 1,
        ["f32hex"] = 1,
        ["ceil"] = 1,
        ["floor"] = 1,
    };

    private int _at;
    private int _depth;

    /// <summary>Operator, "literal" or "name"; the operands; the value or name.</summary>
    internal sealed record Node(string Operator, Node[] Arguments, PtxValue Literal = default);

    /// <summary>The whole text.</summary>
    public Node Parse()
    {
        var node = Choice();
        SkipBlanks();
        return _at == text.Length ? node : throw Error($"'{text[_at..]}' is left over");
    }

    private Node Choice()
    {
        if (++_depth > MostNesting) throw Error("is nested too deeply");
        var condition = Level(0);
        if (Take("?"))
        {
            var yes = Choice();
            if (!Take(":")) throw Error("needs ':' after '?'");
            condition = new Node("?", [condition, yes, Choice()]);
        }
        _depth--;
        return condition;
    }

    private Node Level(int level)
    {
        if (level == Levels.Length) return Unary();
        var left = Level(level + 1);
        while (TakeOperator(level) is { } op) left = new Node(op, [left, Level(level + 1)]);
        return left;
    }

    private string? TakeOperator(int level)
    {
        SkipBlanks();
        foreach (var op in Levels[level])
        {
            if (!text.AsSpan(_at).StartsWith(op, StringComparison.Ordinal)) continue;
            var next = _at + op.Length < text.Length ? text[_at + op.Length] : ' ';
            if (op is "|" or "&" or "<" or ">" && next == op[0]) continue;
            _at += op.Length;
            return op;
        }
        return null;
    }

    private Node Unary()
    {
        if (++_depth > MostNesting) throw Error("is nested too deeply");
        SkipBlanks();
        Node node;
        if (Take("-")) node = new Node("negate", [Unary()]);
        else if (Take("!")) node = new Node("!", [Unary()]);
        else if (Take("("))
        {
            node = Choice();
            if (!Take(")")) throw Error("needs ')'");
        }
        else if (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.')) node = Number();
        else node = Name();
        _depth--;
        return node;
    }

    private Node Number()
    {
        var start = _at;
        if (text.AsSpan(_at).StartsWith("0x", StringComparison.OrdinalIgnoreCase)) _at += 2;
        var isHex = _at > start;
        while (_at < text.Length && (isHex ? char.IsAsciiHexDigit(text[_at]) : char.IsAsciiDigit(text[_at]) || text[_at] == '.' || IsExponent(start))) _at++;
        var literal = text[start.._at];
        if (long.TryParse(literal, NumberStyles.None, CultureInfo.InvariantCulture, out var integer)) return new Node("literal", [], PtxValue.OfInteger(integer, literal));
        if (isHex && long.TryParse(literal.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out integer))
            return new Node("literal", [], PtxValue.OfInteger(integer, literal));
        return double.TryParse(literal, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var real)
            ? new Node("literal", [], PtxValue.OfReal(real))
            : throw Error($"has no number '{literal}'");
    }

    private bool IsExponent(int start)
    {
        var c = text[_at];
        if (c is 'e' or 'E') return _at + 1 < text.Length && (char.IsAsciiDigit(text[_at + 1]) || text[_at + 1] is '-' or '+');
        return c is '-' or '+' && _at > start && text[_at - 1] is 'e' or 'E';
    }

    private Node Name()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '$')) _at++;
        if (_at == start) throw Error(_at < text.Length ? $"has '{text[_at]}' where a number or name is expected" : "ends where a number or name is expected");
        var name = text[start.._at];
        if (!Functions.TryGetValue(name, out var count) || !Take("("))
            return _at < text.Length && text[_at] == '(' ? throw Error($"calls '{name}'; the functions are {string.Join(", ", Functions.Keys)}") : new Node("name", [], PtxValue.OfWord(name));
        var arguments = new Node[count];
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && !Take(",")) throw Error($"needs {count} arguments of {name}, separated by commas");
            arguments[i] = Choice();
        }
        return Take(")") ? new Node(name, arguments) : throw Error($"needs ')' after the {count} {(count == 1 ? "argument" : "arguments")} of {name}");
    }

    private bool Take(string what)
    {
        SkipBlanks();
        if (!text.AsSpan(_at).StartsWith(what, StringComparison.Ordinal)) return false;
        if (what == "!" && text.AsSpan(_at).StartsWith("!=", StringComparison.Ordinal)) return false;
        _at += what.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t') _at++;
    }

    private PtxException Error(string what) => new($"expression '{text}' {what}");
}

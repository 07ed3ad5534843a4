using System.Globalization;

namespace SiaEngine.Cuda;

/// <summary>
/// An expression of a PTX template or of a formula in a kernel header: numbers, names, <c>+ - * / % &lt;&lt; &gt;&gt; &amp; |</c>, comparisons, <c>&amp;&amp; || !</c>,
/// <c>c ? a : b</c> and the functions min, max, log2, ceil, floor, hex, f32hex.
/// </summary>
/// <remarks>
/// A template computes in integers, <c>7 / 2 == 3</c>, unless a real literal takes part; a formula computes in reals, so ceil(7 / 2) is 4. A name that is not bound
/// is a word in a template (<c>T == f32</c>) and an error in a formula.
/// </remarks>
public sealed class PtxExpression
{
    private readonly PtxExpressionParser.Node _root;

    private PtxExpression(string text, PtxExpressionParser.Node root) => (Text, _root) = (text, root);

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="PtxException">It is not one; the message says where and has no place of its own.</exception>
    public static PtxExpression Parse(string text) => new(text, new PtxExpressionParser(text).Parse());

    /// <summary>Value in a template.</summary>
    internal PtxValue Evaluate(Func<string, PtxValue?> lookup) => Evaluate(_root, lookup, false);

    /// <summary>Value of a formula over named numbers.</summary>
    /// <exception cref="PtxException">A name has no value, or the value is not a number.</exception>
    public double Evaluate(IReadOnlyDictionary<string, double> names)
    {
        var value = Evaluate(_root, name => names.TryGetValue(name, out var number)
            ? PtxValue.OfReal(number)
            : throw new PtxException($"'{name}' in '{Text}' has no value; names with values are {string.Join(", ", names.Keys)}"), true);
        return value.AsReal(Text);
    }

    /// <summary>Names the expression uses.</summary>
    public IReadOnlyCollection<string> Names
    {
        get
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            Collect(_root, names);
            return names;
        }
    }

    private static void Collect(PtxExpressionParser.Node node, SortedSet<string> names)
    {
        if (node.Operator == "name") names.Add(node.Literal.Text);
        foreach (var argument in node.Arguments) Collect(argument, names);
    }

    private PtxValue Evaluate(PtxExpressionParser.Node node, Func<string, PtxValue?> lookup, bool real)
    {
        PtxValue Value(int i) => Evaluate(node.Arguments[i], lookup, real);
        switch (node.Operator)
        {
            case "literal": return real ? PtxValue.OfReal(node.Literal.AsReal(Text)) : node.Literal;
            case "name": return lookup(node.Literal.Text) ?? node.Literal;
            case "?": return Value(0).IsTrue(Text) ? Value(1) : Value(2);
            case "&&": return PtxValue.Of(Value(0).IsTrue(Text) && Value(1).IsTrue(Text));
            case "||": return PtxValue.Of(Value(0).IsTrue(Text) || Value(1).IsTrue(Text));
            case "!": return PtxValue.Of(!Value(0).IsTrue(Text));
            case "hex": return PtxValue.OfInteger(Value(0).AsInteger(Text), "0x" + Value(0).AsInteger(Text).ToString("x", CultureInfo.InvariantCulture));
            case "f32hex":
                return PtxValue.OfWord("0f" + BitConverter.SingleToUInt32Bits((float)Value(0).AsReal(Text)).ToString("X8", CultureInfo.InvariantCulture));
            case "ceil": return Round(Value(0), Math.Ceiling);
            case "floor": return Round(Value(0), Math.Floor);
            case "log2": return Log2(Value(0), real);
            case "negate": return Value(0) is { IsReal: true } x ? PtxValue.OfReal(-x.AsReal(Text)) : PtxValue.OfInteger(-Value(0).AsInteger(Text));
            default: return Binary(node.Operator, Value(0), Value(1));
        }
    }

    private PtxValue Round(PtxValue value, Func<double, double> round) => value.IsReal ? PtxValue.OfReal(round(value.AsReal(Text))) : value;

    private PtxValue Log2(PtxValue value, bool real)
    {
        if (real) return PtxValue.OfReal(Math.Log2(value.AsReal(Text)));
        var number = value.AsInteger(Text);
        return number > 0 && (number & (number - 1)) == 0
            ? PtxValue.OfInteger(long.TrailingZeroCount(number))
            : throw new PtxException($"log2({number}) in '{Text}' is not an integer; a power of two is accepted");
    }

    private PtxValue Binary(string op, PtxValue a, PtxValue b)
    {
        if (op is "==" or "!=") return PtxValue.Of(a.Matches(b) == (op == "=="));
        if (a.IsReal || b.IsReal) return Real(op, a.AsReal(Text), b.AsReal(Text));
        var (x, y) = (a.AsInteger(Text), b.AsInteger(Text));
        if (op is "/" or "%" && y == 0) throw new PtxException($"division by zero in '{Text}'");
        if (op is "<<" or ">>" && y is < 0 or > 63) throw new PtxException($"shift by {y} in '{Text}'; 0 to 63 is accepted");
        return op switch
        {
            "<" => PtxValue.Of(x < y),
            "<=" => PtxValue.Of(x <= y),
            ">" => PtxValue.Of(x > y),
            ">=" => PtxValue.Of(x >= y),
            _ => PtxValue.OfInteger(op switch
            {
                "+" => x + y,
                "-" => x - y,
                "*" => x * y,
                "/" => y == -1 ? -x : x / y,
                "%" => y == -1 ? 0 : x % y,
                "<<" => x << (int)y,
                ">>" => x >> (int)y,
                "&" => x & y,
                "|" => x | y,
                "min" => Math.Min(x, y),
                _ => Math.Max(x, y),
            }),
        };
    }

    private PtxValue Real(string op, double x, double y) => op switch
    {
        "<" => PtxValue.Of(x < y),
        "<=" => PtxValue.Of(x <= y),
        ">" => PtxValue.Of(x > y),
        ">=" => PtxValue.Of(x >= y),
        _ => PtxValue.OfReal(op switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => y != 0 ? x / y : throw new PtxException($"division by zero in '{Text}'"),
            "%" => y != 0 ? x - y * Math.Floor(x / y) : throw new PtxException($"division by zero in '{Text}'"),
            "min" => Math.Min(x, y),
            "max" => Math.Max(x, y),
            _ => throw new PtxException($"'{op}' in '{Text}' takes integers"),
        }),
    };
}

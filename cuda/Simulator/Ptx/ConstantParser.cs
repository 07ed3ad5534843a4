namespace SiaEngine.Cuda.Simulator;

/// <summary>Constant expressions over 64-bit integers and doubles (PTX ISA 8.4, section 4.5).</summary>
internal sealed class ConstantParser(TokenReader reader)
{
    private const int MostNesting = 200;

    private static readonly string[][] Levels =
        [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    private int _depth;

    /// <summary>A constant: an integer, or a float of 32 or 64 bits.</summary>
    internal readonly record struct Constant(ulong Bits, bool IsUnsigned, int FloatBits, double Real)
    {
        /// <summary>The value as a double.</summary>
        public double AsReal => FloatBits > 0 ? Real : IsUnsigned ? Bits : (long)Bits;
    }

    /// <summary>Whether a token can begin a constant.</summary>
    public static bool Begins(Token token) => token.Kind is TokenKind.Integer or TokenKind.Float32 or TokenKind.Float64
        || (token.Kind == TokenKind.Punctuation && token.Text is "-" or "+" or "~" or "!" or "(")
        || (token.Kind == TokenKind.Identifier && token.Text == "WARP_SZ");

    /// <summary>Reads an integer, 64 bits in two's complement.</summary>
    public ulong Integer(string what)
    {
        var at = reader.Current;
        var constant = Read();
        return constant.FloatBits == 0 ? constant.Bits : throw reader.Error(at, $"{what} is expected to be an integer, not {at}");
    }

    /// <summary>Reads a constant.</summary>
    public Constant Read()
    {
        var condition = Level(0);
        if (!reader.Accept("?")) return condition;
        var yes = Nested(Read);
        reader.Expect(":", "behind '?'");
        var no = Nested(Read);
        return condition.AsReal != 0 ? yes : no;
    }

    private Constant Nested(Func<Constant> read)
    {
        if (++_depth > MostNesting) throw reader.Error(reader.Current, "constant expression is nested too deeply");
        var result = read();
        _depth--;
        return result;
    }

    private Constant Level(int level)
    {
        if (level == Levels.Length) return Unary();
        var left = Level(level + 1);
        while (reader.Current is { Kind: TokenKind.Punctuation } op && Array.IndexOf(Levels[level], op.Text) >= 0)
        {
            reader.Take();
            left = Binary(op, left, Level(level + 1));
        }
        return left;
    }

    private Constant Unary()
    {
        var token = reader.Take();
        switch (token.Kind)
        {
            case TokenKind.Integer: return new Constant(token.Bits, token.Text[^1] is 'U' or 'u' || token.Bits > long.MaxValue, 0, 0);
            case TokenKind.Float32: return new Constant(0, false, 32, BitConverter.UInt64BitsToDouble(token.Bits));
            case TokenKind.Float64: return new Constant(0, false, 64, BitConverter.UInt64BitsToDouble(token.Bits));
            case TokenKind.Identifier when token.Text == "WARP_SZ": return new Constant(32, false, 0, 0);
            case TokenKind.Punctuation when token.Text is "-" or "+" or "~" or "!": return Negate(token, Nested(Unary));
            case TokenKind.Punctuation when token.Text == "(": return Parenthesis();
            default: throw reader.Error(token, $"a constant is expected, not {token}");
        }
    }

    private Constant Parenthesis()
    {
        if (reader.Current is { Kind: TokenKind.Dotted, Text: "s64" or "u64" })
        {
            var isUnsigned = reader.Take().Text == "u64";
            reader.Expect(")", "behind the type of a cast");
            var value = Nested(Unary);
            return value with { IsUnsigned = isUnsigned };
        }
        var inner = Nested(Read);
        reader.Expect(")", "at the end of an expression in parentheses");
        return inner;
    }

    private Constant Negate(Token op, Constant value) => op.Text switch
    {
        "+" => value,
        "-" when value.FloatBits > 0 => value with { Real = -value.Real },
        "-" => value with { Bits = 0 - value.Bits },
        "!" => Of(value.AsReal == 0),
        _ when value.FloatBits > 0 => throw reader.Error(op, "'~' takes an integer"),
        _ => value with { Bits = ~value.Bits },
    };

    private Constant Binary(Token op, Constant a, Constant b)
    {
        if (a.FloatBits > 0 || b.FloatBits > 0) return Real(op, a, b);
        var (x, y) = (a.Bits, b.Bits);
        var isUnsigned = a.IsUnsigned || b.IsUnsigned;
        if (op.Text is "/" or "%" && y == 0) throw reader.Error(op, "division by zero");
        bool Less(ulong left, ulong right) => isUnsigned ? left < right : (long)left < (long)right;
        return op.Text switch
        {
            "||" => Of(x != 0 || y != 0),
            "&&" => Of(x != 0 && y != 0),
            "==" => Of(x == y),
            "!=" => Of(x != y),
            "<" => Of(Less(x, y)),
            ">" => Of(Less(y, x)),
            "<=" => Of(!Less(y, x)),
            ">=" => Of(!Less(x, y)),
            _ => new Constant(Arithmetic(op.Text, x, y, op.Text == ">>" ? a.IsUnsigned : isUnsigned), isUnsigned, 0, 0),
        };
    }

    private static ulong Arithmetic(string op, ulong x, ulong y, bool isUnsigned) => op switch
    {
        "|" => x | y,
        "^" => x ^ y,
        "&" => x & y,
        "<<" => y > 63 ? 0 : x << (int)y,
        ">>" when isUnsigned => y > 63 ? 0 : x >> (int)y,
        ">>" => (ulong)((long)x >> (int)Math.Min(y, 63)),
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" when isUnsigned => x / y,
        "/" => y == ulong.MaxValue ? 0 - x : (ulong)((long)x / (long)y),
        _ when isUnsigned => x % y,
        _ => y == ulong.MaxValue ? 0 : (ulong)((long)x % (long)y),
    };

    private Constant Real(Token op, Constant a, Constant b)
    {
        var (x, y) = (a.AsReal, b.AsReal);
        return op.Text switch
        {
            "==" => Of(x == y),
            "!=" => Of(x != y),
            "<" => Of(x < y),
            ">" => Of(x > y),
            "<=" => Of(x <= y),
            ">=" => Of(x >= y),
            "+" => new Constant(0, false, 64, x + y),
            "-" => new Constant(0, false, 64, x - y),
            "*" => new Constant(0, false, 64, x * y),
            "/" => new Constant(0, false, 64, x / y),
            _ => throw reader.Error(op, $"'{op.Text}' takes integers"),
        };
    }

    private static Constant Of(bool value) => new(value ? 1u : 0u, false, 0, 0);
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Walks the tokens of one file.</summary>
internal sealed class TokenReader(PtxSource source, List<Token> tokens)
{
    /// <summary>Index of the next token.</summary>
    public int Position { get; set; }

    /// <summary>The next token.</summary>
    public Token Current => tokens[Position];

    /// <summary>The token behind it.</summary>
    public Token Following => tokens[Math.Min(Position + 1, tokens.Count - 1)];

    /// <summary>Takes the next token.</summary>
    public Token Take()
    {
        var token = tokens[Position];
        if (token.Kind != TokenKind.End) Position++;
        return token;
    }

    /// <summary>Whether the next token is this operator or bracket.</summary>
    public bool Is(string punctuation) => Current is { Kind: TokenKind.Punctuation } token && token.Text == punctuation;

    /// <summary>Whether the next token is this directive.</summary>
    public bool IsDotted(string name) => Current is { Kind: TokenKind.Dotted } token && token.Text == name;

    /// <summary>Takes the next token if it is this operator or bracket.</summary>
    public bool Accept(string punctuation)
    {
        if (!Is(punctuation)) return false;
        Position++;
        return true;
    }

    /// <summary>Takes the next token if it is this directive.</summary>
    public bool AcceptDotted(string name)
    {
        if (!IsDotted(name)) return false;
        Position++;
        return true;
    }

    /// <summary>Takes this operator or bracket.</summary>
    public void Expect(string punctuation, string where)
    {
        if (!Accept(punctuation)) throw Error(Current, $"'{punctuation}' is expected {where}, not {Current}");
    }

    /// <summary>Takes a name.</summary>
    public Token Name(string what) => Current.Kind == TokenKind.Identifier && Current.Text != "_" ? Take() : throw Error(Current, $"{what} is expected, not {Current}");

    /// <summary>Takes an integer constant.</summary>
    public int Number(string what, int most)
    {
        var token = Current;
        if (token.Kind != TokenKind.Integer) throw Error(token, $"{what} is expected, not {token}");
        Position++;
        return token.Bits <= (ulong)most ? (int)token.Bits : throw Error(token, $"{what} is {token.Bits}; {most} is the most");
    }

    /// <summary>Takes the tokens on the line of the next one.</summary>
    public void SkipLine()
    {
        var line = Current.Line;
        while (Current.Kind != TokenKind.End && Current.Line == line) Position++;
    }

    /// <summary>Takes everything from an opening brace to the one that closes it.</summary>
    public void SkipBraces(string what)
    {
        var open = Current;
        var depth = 0;
        do
        {
            var token = Take();
            if (token.Kind == TokenKind.End) throw Error(open, $"{what} has no closing '}}'");
            if (token.Kind != TokenKind.Punctuation) continue;
            if (token.Text == "{") depth++;
            if (token.Text == "}") depth--;
        }
        while (depth > 0);
    }

    /// <summary>A failure at a token.</summary>
    public PtxException Error(Token at, string what) => new(source, at.Line, at.Column, what);
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Head of a function: what stands before its body.</summary>
internal sealed record Signature(Token Name, bool IsEntry, List<PtxVariable> Returns, List<PtxVariable> Parameters)
{
    /// <summary>Index of the token that opens the body; −1 if there is none.</summary>
    public int Body { get; set; } = -1;

    /// <summary><c>.maxntid</c>.</summary>
    public (int X, int Y, int Z)? MaxThreads { get; set; }

    /// <summary><c>.reqntid</c>.</summary>
    public (int X, int Y, int Z)? RequiredThreads { get; set; }

    /// <summary><c>.minnctapersm</c>.</summary>
    public int? MinBlocksPerSm { get; set; }

    /// <summary><c>.maxnreg</c>.</summary>
    public int? MaxRegisters { get; set; }
}

/// <summary>Heads of <c>.entry</c> and <c>.func</c> (PTX ISA 8.4, sections 11.2 and 11.4).</summary>
internal sealed class SignatureParser(TokenReader reader, DeclarationParser declarations)
{
    /// <summary>Reads a head behind <c>.entry</c> or <c>.func</c>; the body, if there is one, is skipped.</summary>
    public Signature Read(bool isEntry)
    {
        if (reader.AcceptDotted("attribute")) SkipParentheses();
        List<PtxVariable> returns = !isEntry && reader.Is("(") ? declarations.Parameters() : [];
        var name = reader.Name(isEntry ? "the name of a kernel" : "the name of a function");
        List<PtxVariable> parameters = reader.Is("(") ? declarations.Parameters() : [];
        if (isEntry)
            foreach (var parameter in parameters)
                if (parameter.Space == StateSpace.Register) throw reader.Error(name, $"parameter '{parameter.Name}' of kernel '{name.Text}' is a register; kernels take .param");
        var signature = new Signature(name, isEntry, returns, parameters);
        while (reader.Current.Kind == TokenKind.Dotted) Directive(signature);
        if (reader.Accept(";")) return signature;
        if (!reader.Is("{")) throw reader.Error(reader.Current, $"'{{' is expected before the body of '{name.Text}', not {reader.Current}");
        signature.Body = reader.Position;
        reader.SkipBraces($"the body of '{name.Text}'");
        return signature;
    }

    private void Directive(Signature signature)
    {
        var token = reader.Take();
        switch (token.Text)
        {
            case "maxntid":
                signature.MaxThreads = Extents(".maxntid");
                break;
            case "reqntid":
                signature.RequiredThreads = Extents(".reqntid");
                break;
            case "minnctapersm":
                signature.MinBlocksPerSm = reader.Number(".minnctapersm", 1024);
                break;
            case "maxnreg":
                signature.MaxRegisters = reader.Number(".maxnreg", 1024);
                break;
            case "maxnctapersm" or "maxclusterrank":
                reader.Number($".{token.Text}", 1024);
                break;
            case "reqnctapercluster":
                Extents(".reqnctapercluster");
                break;
            case "pragma":
                Pragma();
                break;
            case "noreturn" or "explicitcluster" or "unique" or "blocksareclusters":
                break;
            default:
                throw reader.Error(token, $"{token} is not known before the body of '{signature.Name.Text}'");
        }
    }

    /// <summary>The strings behind <c>.pragma</c>.</summary>
    public void Pragma()
    {
        do
        {
            if (reader.Take() is { Kind: not TokenKind.Text } token) throw reader.Error(token, $"text in quotes is expected behind .pragma, not {token}");
        }
        while (reader.Accept(","));
        reader.Expect(";", "behind .pragma");
    }

    private (int X, int Y, int Z) Extents(string what)
    {
        var x = reader.Number(what, 1 << 20);
        var y = reader.Accept(",") ? reader.Number(what, 1 << 20) : 1;
        var z = reader.Accept(",") ? reader.Number(what, 1 << 20) : 1;
        return (x, y, z);
    }

    private void SkipParentheses()
    {
        reader.Expect("(", "behind .attribute");
        while (!reader.Accept(")"))
            if (reader.Take() is { Kind: TokenKind.End } end) throw reader.Error(end, ".attribute has no ')'");
    }
}

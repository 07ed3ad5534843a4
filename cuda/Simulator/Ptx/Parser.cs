namespace SiaEngine.Cuda.Simulator;

/// <summary>Reads PTX (ISA 8.4 and older, 64-bit addresses) as compilers and people write it.</summary>
/// <remarks>
/// Two passes over the tokens: the first reads module-scope variables and the heads of functions, the second the bodies, which may name anything of the module.
/// </remarks>
public sealed class Parser
{
    private readonly PtxSource _source;
    private readonly TokenReader _reader;
    private readonly Budget _budget = new();
    private readonly DeclarationParser _declarations;
    private readonly SignatureParser _signatures;
    private readonly SymbolScope _module = new(null);
    private readonly List<PtxVariable> _variables = [];
    private readonly Dictionary<string, Signature> _functions = new(StringComparer.Ordinal);
    private (int Major, int Minor) _version;
    private string? _target;

    private Parser(PtxSource source)
    {
        _source = source;
        _reader = new TokenReader(source, Lexer.Split(source));
        _declarations = new DeclarationParser(_reader, _budget);
        _signatures = new SignatureParser(_reader, _declarations);
    }

    /// <summary>Reads a module.</summary>
    /// <exception cref="PtxException">The text is not PTX; the message is one line <c>file:line:column: what is wrong</c>.</exception>
    public static PtxModule Parse(PtxSource source) => new Parser(source).Module();

    private PtxModule Module()
    {
        Version();
        while (_reader.Current.Kind != TokenKind.End) TopLevel();
        if (_target is null) throw _reader.Error(_reader.Current, "the file has no .target");
        var functions = new Dictionary<string, PtxFunction>(StringComparer.Ordinal);
        foreach (var (name, signature) in _functions) functions.Add(name, BodyParser.Read(_reader, _budget, _module, _functions, signature));
        CheckAddresses();
        return new PtxModule(_source, _version, _target, _variables, functions);
    }

    private void Version()
    {
        var first = _reader.Current;
        if (!_reader.AcceptDotted("version")) throw _reader.Error(first, $"a PTX file begins with .version, not {first}");
        var number = _reader.Take();
        var parts = number.Kind is TokenKind.Float64 or TokenKind.Integer ? number.Text.Split('.') : [];
        if (parts.Length != 2 || !int.TryParse(parts[0], out var major) || !int.TryParse(parts[1], out var minor)) throw _reader.Error(number, $".version {number.Text} is not a version such as 8.0");
        if (major < 1 || major > 8 || (major == 8 && minor > 4)) throw _reader.Error(number, $"PTX version {number.Text} is not read; 1.0 to 8.4 are");
        _version = (major, minor);
    }

    private void TopLevel()
    {
        var token = _reader.Take();
        if (token is { Kind: TokenKind.Punctuation, Text: ";" }) return;
        if (token.Kind != TokenKind.Dotted) throw _reader.Error(token, $"a directive such as .entry is expected outside of functions, not {token}");
        switch (token.Text)
        {
            case "target":
                Target();
                return;
            case "address_size":
                var at = _reader.Current;
                if (_reader.Number(".address_size", 64) != 64) throw _reader.Error(at, ".address_size 64 is read, no other");
                return;
            case "file" or "loc":
                _reader.SkipLine();
                return;
            case "section":
                _reader.Take();
                _reader.SkipBraces(".section");
                return;
            case "pragma":
                _signatures.Pragma();
                return;
        }
        var isExternal = false;
        while (token.Text is "visible" or "extern" or "weak" or "common")
        {
            isExternal |= token.Text == "extern";
            token = _reader.Take();
            if (token.Kind != TokenKind.Dotted) throw _reader.Error(token, $"a declaration is expected, not {token}");
        }
        if (token.Text is "entry" or "func") Function(_signatures.Read(token.Text == "entry"));
        else if (DeclarationParser.SpaceOf(token) is { } space) Variables(token, space, isExternal);
        else throw _reader.Error(token, $"{token} is not known outside of functions");
    }

    private void Target()
    {
        var name = _reader.Name("an architecture such as sm_80");
        if (!name.Text.StartsWith("sm_", StringComparison.Ordinal)) throw _reader.Error(name, $"{name} is not an architecture such as sm_80");
        _target ??= name.Text;
        while (_reader.Accept(",")) _reader.Name("an option of .target");
    }

    private void Function(Signature signature)
    {
        var name = signature.Name;
        if (_module.Find(name.Text) is not null) throw _reader.Error(name, $"'{name.Text}' is declared twice");
        if (!_functions.TryGetValue(name.Text, out var other) || (other.Body < 0 && signature.Body >= 0)) _functions[name.Text] = signature;
        else if (signature.Body >= 0) throw _reader.Error(name, $"'{name.Text}' is defined twice");
    }

    private void Variables(Token at, StateSpace space, bool isExternal)
    {
        if (space is StateSpace.Local or StateSpace.Parameter) throw _reader.Error(at, $".{at.Text} variables are declared inside functions");
        foreach (var variable in _declarations.Variables(space, isExternal))
        {
            if (_functions.ContainsKey(variable.Name) || !_module.TryAdd(variable.Name, variable)) throw _reader.Error(at, $"'{variable.Name}' is declared twice");
            _variables.Add(variable);
        }
    }

    private void CheckAddresses()
    {
        foreach (var variable in _variables)
            foreach (var (_, symbol, _) in variable.Relocations)
                if (_module.Find(symbol) is not PtxVariable && !_functions.ContainsKey(symbol))
                    throw new PtxException(_source, variable.Line, 1, $"the initial value of '{variable.Name}' names '{symbol}', which is not declared");
    }
}

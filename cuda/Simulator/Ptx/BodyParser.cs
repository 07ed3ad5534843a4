namespace SiaEngine.Cuda.Simulator;

/// <summary>Body of a function: scopes, declarations, labels and instructions.</summary>
internal sealed class BodyParser
{
    private const int MostScopes = 256;

    private static readonly Dictionary<string, PtxLabel> NoLabels = [];

    private readonly TokenReader _reader;
    private readonly Budget _budget;
    private readonly DeclarationParser _declarations;
    private readonly SignatureParser _signatures;
    private readonly OperandParser _operands;
    private readonly Signature _signature;
    private readonly List<PtxRegister> _registers = [];
    private readonly List<PtxVariable> _variables = [];
    private readonly List<Instruction> _instructions = [];
    private readonly Dictionary<int, Dictionary<string, PtxLabel>> _labels = [];
    private SymbolScope _scope;

    private BodyParser(TokenReader reader, Budget budget, SymbolScope module, IReadOnlyDictionary<string, Signature> functions, Signature signature)
    {
        (_reader, _budget, _signature, _scope) = (reader, budget, signature, new SymbolScope(module));
        _declarations = new DeclarationParser(reader, budget);
        _signatures = new SignatureParser(reader, _declarations);
        _operands = new OperandParser(reader, functions) { Scope = _scope };
    }

    /// <summary>Reads the body of a function whose head is known.</summary>
    public static PtxFunction Read(TokenReader reader, Budget budget, SymbolScope module, IReadOnlyDictionary<string, Signature> functions, Signature signature)
    {
        var parser = new BodyParser(reader, budget, module, functions, signature);
        parser.Parameters(signature.Returns);
        parser.Parameters(signature.Parameters);
        if (signature.Body >= 0) parser.Body();
        return new PtxFunction
        {
            Name = signature.Name.Text,
            IsEntry = signature.IsEntry,
            IsDefined = signature.Body >= 0,
            Line = signature.Name.Line,
            Returns = signature.Returns,
            Parameters = signature.Parameters,
            Registers = parser._registers,
            Variables = parser._variables,
            Instructions = parser._instructions,
            MaxThreads = signature.MaxThreads,
            RequiredThreads = signature.RequiredThreads,
            MinBlocksPerSm = signature.MinBlocksPerSm,
            MaxRegisters = signature.MaxRegisters,
        };
    }

    private void Parameters(List<PtxVariable> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Name == "_") continue;
            if (parameter.Space == StateSpace.Register) AddRegister(_signature.Name, parameter.Name, parameter.Type);
            else Add(_signature.Name, parameter.Name, parameter);
        }
    }

    private void Body()
    {
        _reader.Position = _signature.Body;
        FindLabels();
        _reader.Position = _signature.Body;
        var depth = 0;
        do
        {
            var token = _reader.Current;
            switch (token.Kind)
            {
                case TokenKind.Punctuation when token.Text == "{":
                    if (depth++ == MostScopes) throw _reader.Error(token, $"scopes are nested deeper than {MostScopes}");
                    Enter();
                    break;
                case TokenKind.Punctuation when token.Text == "}":
                    _reader.Take();
                    _scope = _operands.Scope = _scope.Outer!;
                    depth--;
                    break;
                case TokenKind.Punctuation when token.Text == ";":
                    _reader.Take();
                    break;
                case TokenKind.Identifier when _reader.Following is { Kind: TokenKind.Punctuation, Text: ":" }:
                    Label();
                    break;
                case TokenKind.Dotted:
                    Directive(_reader.Take());
                    break;
                default:
                    Instruction();
                    break;
            }
        }
        while (depth > 0);
    }

    // Branches name labels that come later, so all labels are known by their scope's opening brace before the first instruction is read.
    private void FindLabels()
    {
        var open = new Stack<int>();
        do
        {
            var position = _reader.Position;
            var token = _reader.Take();
            if (token is { Kind: TokenKind.Punctuation, Text: "{" }) open.Push(position);
            else if (token is { Kind: TokenKind.Punctuation, Text: "}" }) open.Pop();
            else if (token.Kind == TokenKind.Identifier && token.Text != "_" && _reader.Is(":"))
            {
                if (!_labels.TryGetValue(open.Peek(), out var labels)) _labels.Add(open.Peek(), labels = new(StringComparer.Ordinal));
                if (!labels.TryAdd(token.Text, new PtxLabel(token.Text))) throw _reader.Error(token, $"label '{token.Text}' is defined twice");
            }
        }
        while (open.Count > 0);
    }

    private void Enter()
    {
        var labels = _labels.GetValueOrDefault(_reader.Position, NoLabels);
        _reader.Take();
        _scope = _operands.Scope = new SymbolScope(_scope);
        foreach (var (name, label) in labels) _scope.TryAdd(name, label);
    }

    private void Label()
    {
        var name = _reader.Take();
        _reader.Take();
        var label = _operands.Label(name);
        label.Target = _instructions.Count;
        if (_reader.AcceptDotted("branchtargets")) label.Table = Targets();
        else if (_reader.AcceptDotted("calltargets") || _reader.AcceptDotted("callprototype")) SkipStatement();
    }

    private List<PtxLabel> Targets()
    {
        var labels = new List<PtxLabel>();
        do labels.Add(_operands.Label(_reader.Name("a label")));
        while (_reader.Accept(","));
        _reader.Expect(";", "behind .branchtargets");
        return labels;
    }

    private void SkipStatement()
    {
        while (!_reader.Accept(";"))
            if (_reader.Take() is { Kind: TokenKind.End } end) throw _reader.Error(end, "';' is missing");
    }

    private void Directive(Token token)
    {
        switch (token.Text)
        {
            case "reg":
                Registers();
                break;
            case "loc" or "file":
                _reader.SkipLine();
                break;
            case "pragma":
                _signatures.Pragma();
                break;
            case "section":
                _reader.Take();
                _reader.SkipBraces(".section");
                break;
            default:
                var isExternal = token.Text == "extern";
                var at = isExternal ? _reader.Take() : token;
                if (DeclarationParser.SpaceOf(at) is not { } space) throw _reader.Error(at, $"{at} is not known inside a function");
                foreach (var variable in _declarations.Variables(space, isExternal))
                {
                    Add(at, variable.Name, variable);
                    _variables.Add(variable);
                }
                break;
        }
    }

    private void Registers()
    {
        var (type, vector) = _declarations.RegisterType();
        do
        {
            var name = _reader.Name("the name of a register");
            if (!_reader.Accept("<"))
            {
                AddRegister(name, name.Text, type, vector);
                continue;
            }
            var count = _reader.Number("the number of registers", int.MaxValue);
            _reader.Expect(">", "behind the number of registers");
            if (count > Budget.MostRegisters) throw _reader.Error(name, $"{count} registers '{name.Text}'; {Budget.MostRegisters} is the most");
            for (var i = 0; i < count; i++) AddRegister(name, $"{name.Text}{i}", type, vector);
        }
        while (_reader.Accept(","));
        _reader.Expect(";", "behind a declaration");
    }

    private void AddRegister(Token at, string name, PtxType type, int vector = 1)
    {
        if (SpecialRegisters.Exists(name)) throw _reader.Error(at, $"'{name}' is a special register");
        if (_registers.Count + vector > Budget.MostRegisters) throw _reader.Error(at, $"'{_signature.Name.Text}' has more than {Budget.MostRegisters} registers");
        if (!_budget.TakeRegisters(vector)) throw _reader.Error(at, $"the functions up to '{_signature.Name.Text}' have more than {16 * Budget.MostRegisters} registers");
        var parts = new PtxRegister[vector];
        for (var i = 0; i < vector; i++)
        {
            parts[i] = new PtxRegister(vector == 1 ? name : $"{name}.{"xyzw01234567"[i]}", type, _registers.Count);
            _registers.Add(parts[i]);
        }
        Add(at, name, vector == 1 ? parts[0] : parts);
    }

    private void Add(Token at, string name, object symbol)
    {
        if (!_scope.TryAdd(name, symbol)) throw _reader.Error(at, $"'{name}' is declared twice");
    }

    private void Instruction()
    {
        PtxRegister? guard = null;
        var isNegated = false;
        if (_reader.Accept("@"))
        {
            isNegated = _reader.Accept("!");
            var name = _reader.Name("a predicate");
            guard = _operands.Register(name);
            if (guard.Type != PtxType.Pred) throw _reader.Error(name, $"guard '{name.Text}' is a .{guard.Type.ToString().ToLowerInvariant()} register; a predicate is expected");
        }
        var opcode = _reader.Current;
        if (opcode.Kind == TokenKind.End) throw _reader.Error(opcode, $"the body of '{_signature.Name.Text}' has no closing '}}'");
        if (opcode.Kind != TokenKind.Identifier || !char.IsAsciiLetterLower(opcode.Text[0])) throw _reader.Error(opcode, $"an instruction is expected, not {opcode}");
        _reader.Take();
        var modifiers = Modifiers();
        _instructions.Add(new Instruction
        {
            Opcode = opcode.Text,
            Modifiers = modifiers,
            Operands = _operands.Operands(opcode),
            Guard = guard,
            GuardNegated = isNegated,
            Line = opcode.Line,
            Column = opcode.Column,
        });
    }

    private string[] Modifiers()
    {
        var modifiers = new List<string>(4);
        while (_reader.Current.Kind == TokenKind.Dotted) modifiers.Add(_reader.Take().Text);
        return [.. modifiers];
    }
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Operands of instructions (PTX ISA 8.4, chapter 6).</summary>
internal sealed class OperandParser(TokenReader reader, IReadOnlyDictionary<string, Signature> functions)
{
    private const string Components = "xyzw";

    private readonly ConstantParser _constants = new(reader);

    /// <summary>Names visible where the operand stands.</summary>
    public SymbolScope Scope { get; set; } = new(null);

    /// <summary>Reads the operands up to the semicolon.</summary>
    public List<Operand> Operands(Token opcode)
    {
        if (opcode.Text == "call") return Call();
        var operands = new List<Operand>(4);
        if (!reader.Is(";"))
        {
            do operands.Add(Operand(opcode));
            while (reader.Accept(","));
        }
        reader.Expect(";", $"behind the operands of {opcode.Text}");
        return operands;
    }

    /// <summary>A register by name, such as a guard.</summary>
    public PtxRegister Register(Token name) => Scope.Find(name.Text) as PtxRegister ?? throw Unknown(name, "register", static symbol => symbol is PtxRegister, []);

    /// <summary>A label by name.</summary>
    public PtxLabel Label(Token name) => Scope.Find(name.Text) as PtxLabel ?? throw Unknown(name, "label", static symbol => symbol is PtxLabel, []);

    private List<Operand> Call()
    {
        var operands = new List<Operand>(3);
        if (reader.Is("("))
        {
            operands.Add(Arguments());
            reader.Expect(",", "behind the results of a call");
        }
        var name = reader.Name("the function of a call");
        operands.Add(Scope.Find(name.Text) is PtxRegister target ? new RegisterOperand(target)
            : functions.ContainsKey(name.Text) ? new FunctionOperand(name.Text)
            : throw Unknown(name, "function", static _ => false, functions.Keys));
        if (reader.Accept(","))
        {
            if (reader.Is("("))
            {
                operands.Add(Arguments());
                if (reader.Accept(",")) operands.Add(Prototype());
            }
            else operands.Add(Prototype());
        }
        reader.Expect(";", "behind a call");
        return operands;
    }

    private LabelOperand Prototype() => new(Label(reader.Name("the label of a prototype")));

    private ArgumentsOperand Arguments()
    {
        var arguments = new List<Operand>();
        reader.Expect("(", "before arguments");
        while (!reader.Accept(")"))
        {
            if (arguments.Count > 0) reader.Expect(",", "between arguments");
            arguments.Add(Operand(default));
        }
        return new ArgumentsOperand(arguments);
    }

    private Operand Operand(Token opcode)
    {
        var token = reader.Current;
        if (reader.Accept("{")) return Vector();
        if (reader.Accept("[")) return Address(token);
        if (token is { Kind: TokenKind.Punctuation, Text: "!" } && reader.Following is { Kind: TokenKind.Identifier, Text: not "WARP_SZ" })
        {
            reader.Take();
            return new RegisterOperand(Register(reader.Take()), null, true);
        }
        if (ConstantParser.Begins(token)) return Constant();
        if (token.Kind != TokenKind.Identifier) throw reader.Error(token, $"an operand is expected, not {token}");
        reader.Take();
        if (token.Text != "_") return Named(token, opcode);
        if (opcode.Text == "elect" && reader.Accept("|")) return new SinkOperand(Register(reader.Take()));
        return reader.Is("|") ? throw reader.Error(token, "'_' cannot stand before '|'; the second of two destinations may be left out, not the first") : new SinkOperand();
    }

    private Operand Constant()
    {
        var constant = _constants.Read();
        return constant.FloatBits > 0 ? new FloatOperand(constant.Real, constant.FloatBits) : new IntegerOperand(constant.Bits);
    }

    private Operand Named(Token name, Token opcode)
    {
        switch (Scope.Find(name.Text))
        {
            case PtxRegister register:
                return Scalar(name, register);
            case PtxRegister[] vector:
                if (reader.Current.Kind != TokenKind.Dotted) return new VectorOperand(Array.ConvertAll<PtxRegister, Operand?>(vector, static r => new RegisterOperand(r)));
                return new RegisterOperand(vector[Component(name, vector.Length)]);
            case PtxVariable variable:
                return Variable(variable, opcode);
            case PtxLabel label:
                return new LabelOperand(label);
        }
        if (functions.ContainsKey(name.Text)) return new FunctionOperand(name.Text);
        if (SpecialRegisters.Exists(name.Text))
        {
            if (reader.Current.Kind != TokenKind.Dotted) return new SpecialRegisterOperand(name.Text);
            return SpecialRegisters.IsVector(name.Text)
                ? new SpecialRegisterOperand($"{name.Text}.{Components[Component(name, 4)]}")
                : throw reader.Error(reader.Current, $"'{name.Text}' has no components");
        }
        if (opcode.Text is "bra" or "brx") throw Unknown(name, "label", static symbol => symbol is PtxLabel, []);
        throw name.Text[0] == '%'
            ? Unknown(name, "register", static symbol => symbol is PtxRegister or PtxRegister[], SpecialRegisters.Names)
            : Unknown(name, "register, variable, label or function", static _ => true, functions.Keys);
    }

    private RegisterOperand Scalar(Token name, PtxRegister register)
    {
        if (reader.Current.Kind == TokenKind.Dotted) throw reader.Error(reader.Current, $"'{name.Text}' has no components");
        if (!reader.Accept("|")) return new RegisterOperand(register);
        var second = reader.Current;
        if (second.Kind != TokenKind.Identifier) throw reader.Error(second, $"a register is expected behind '|', not {second}");
        reader.Take();
        return new RegisterOperand(register, second.Text == "_" ? null : Register(second));
    }

    private Operand Variable(PtxVariable variable, Token opcode)
    {
        if (reader.Accept("["))
        {
            var index = (long)_constants.Integer("an index");
            reader.Expect("]", "behind an index");
            var offset = index * variable.Type.Size;
            return opcode.Text is "mov" or "cvta" ? new VariableOperand(variable, offset) : new AddressOperand(new VariableOperand(variable), offset);
        }
        return new VariableOperand(variable, Offset());
    }

    private int Component(Token name, int count)
    {
        var token = reader.Take();
        var index = token.Text.Length == 1 ? Math.Max(Components.IndexOf(token.Text[0], StringComparison.Ordinal), "rgba".IndexOf(token.Text[0], StringComparison.Ordinal)) : -1;
        return index >= 0 && index < count ? index : throw reader.Error(token, $"'{name.Text}' has no component {token}");
    }

    private VectorOperand Vector()
    {
        var elements = new List<Operand?>();
        do
        {
            var at = reader.Current;
            var element = Operand(default);
            if (element is VectorOperand or AddressOperand or LabelOperand or FunctionOperand) throw reader.Error(at, $"a register or constant is expected in a vector, not {at}");
            elements.Add(element is SinkOperand ? null : element);
        }
        while (reader.Accept(","));
        reader.Expect("}", "at the end of a vector");
        return new VectorOperand(elements);
    }

    private AddressOperand Address(Token open)
    {
        Operand? start = null;
        long offset;
        var token = reader.Current;
        if (token.Kind == TokenKind.Identifier && token.Text != "WARP_SZ")
        {
            reader.Take();
            start = Scope.Find(token.Text) switch
            {
                PtxRegister register => new RegisterOperand(register),
                PtxVariable variable => new VariableOperand(variable),
                PtxRegister[] vector when reader.Current.Kind == TokenKind.Dotted => new RegisterOperand(vector[Component(token, vector.Length)]),
                null => throw Unknown(token, token.Text[0] == '%' ? "register" : "register or variable", static symbol => symbol is PtxRegister or PtxVariable, []),
                _ => throw reader.Error(token, $"{token} has no address; a register or variable is expected"),
            };
            offset = Offset();
        }
        else offset = (long)_constants.Integer("an address");
        if (reader.Is(",")) throw reader.Error(open, "addresses of tensors and textures are not read; one register, variable or number and an offset are");
        reader.Expect("]", "at the end of an address");
        return new AddressOperand(start, offset);
    }

    private long Offset() => reader.Is("+") || reader.Is("-") ? (long)_constants.Integer("an offset") : 0;

    private PtxException Unknown(Token name, string what, Func<object, bool> kind, IEnumerable<string> more)
    {
        if (name.Kind != TokenKind.Identifier) return reader.Error(name, $"a {what} is expected, not {name}");
        return reader.Error(name, $"no {what} '{name.Text}'{Scope.Suggest(name.Text, kind, more)}");
    }
}

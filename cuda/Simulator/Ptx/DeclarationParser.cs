namespace SiaEngine.Cuda.Simulator;

/// <summary>Declarations of variables (PTX ISA 8.4, section 5.4): <c>.align</c>, type, vector length, name, extents, initial value.</summary>
internal sealed class DeclarationParser(TokenReader reader, Budget budget)
{
    private const int MostAlignment = 1 << 16;

    private readonly ConstantParser _constants = new(reader);

    private readonly record struct Shape(PtxType Type, int Vector, int Alignment);

    /// <summary>The state space a directive names, or null.</summary>
    public static StateSpace? SpaceOf(Token token) => token is not { Kind: TokenKind.Dotted } ? null : token.Text switch
    {
        "global" => StateSpace.Global,
        "const" => StateSpace.Constant,
        "shared" or "shared::cta" => StateSpace.Shared,
        "local" => StateSpace.Local,
        "param" => StateSpace.Parameter,
        _ => null,
    };

    /// <summary>The variables of a declaration, behind the state space and up to the semicolon.</summary>
    public List<PtxVariable> Variables(StateSpace space, bool isExternal)
    {
        var variables = new List<PtxVariable>();
        var shape = ReadShape();
        do variables.Add(Variable(space, shape, isExternal, true));
        while (reader.Accept(","));
        reader.Expect(";", "behind a declaration");
        return variables;
    }

    /// <summary>Parameters or return values in parentheses: <c>.param</c> variables or, of device functions, <c>.reg</c>.</summary>
    public List<PtxVariable> Parameters()
    {
        var parameters = new List<PtxVariable>();
        reader.Expect("(", "before parameters");
        while (!reader.Accept(")"))
        {
            if (parameters.Count > 0) reader.Expect(",", "between parameters");
            var token = reader.Take();
            if (token is not { Kind: TokenKind.Dotted, Text: "param" or "reg" }) throw reader.Error(token, $".param or .reg is expected before a parameter, not {token}");
            var parameter = Variable(token.Text == "reg" ? StateSpace.Register : StateSpace.Parameter, ReadShape(), false, false);
            foreach (var other in parameters)
                if (other.Name == parameter.Name && parameter.Name != "_") throw reader.Error(token, $"two parameters are called '{parameter.Name}'");
            parameters.Add(parameter);
        }
        return parameters;
    }

    /// <summary>Type of a register declaration and the vector length before it, behind <c>.reg</c>.</summary>
    public (PtxType Type, int Vector) RegisterType()
    {
        var shape = ReadShape();
        return (shape.Type, shape.Vector);
    }

    private Shape ReadShape()
    {
        var (vector, alignment) = (1, 0);
        while (true)
        {
            var token = reader.Take();
            if (token.Kind != TokenKind.Dotted) throw reader.Error(token, $"a type such as .b32 is expected, not {token}");
            switch (token.Text)
            {
                case "align":
                    alignment = Alignment();
                    break;
                case "v2" or "v4" or "v8":
                    vector = token.Text[1] - '0';
                    break;
                case "attribute":
                    SkipAttributes();
                    break;
                default:
                    var type = PtxTypes.Parse(token.Text);
                    if (type == PtxType.None) throw reader.Error(token, $"{token} is not a type, vector length or .align");
                    while (reader.Current.Kind == TokenKind.Dotted) SkipPointer(ref alignment, ref vector);
                    return new Shape(type, vector, alignment);
            }
        }
    }

    // .ptr .global .align 16 tells the assembler about the memory behind a pointer parameter; it changes nothing of the parameter itself.
    private void SkipPointer(ref int alignment, ref int vector)
    {
        var token = reader.Take();
        if (token.Text is "v2" or "v4")
        {
            vector = token.Text[1] - '0';
            return;
        }
        if (token.Text == "align")
        {
            alignment = Alignment();
            return;
        }
        if (token.Text != "ptr") throw reader.Error(token, $"a name is expected behind the type, not {token}");
        if (SpaceOf(reader.Current) is not null) reader.Take();
        if (reader.AcceptDotted("align")) Alignment();
    }

    private void SkipAttributes()
    {
        reader.Expect("(", "behind .attribute");
        while (!reader.Accept(")"))
            if (reader.Take() is { Kind: TokenKind.End } end) throw reader.Error(end, ".attribute has no ')'");
    }

    private int Alignment()
    {
        var at = reader.Current;
        var bytes = reader.Number("alignment", MostAlignment);
        return bytes > 0 && (bytes & (bytes - 1)) == 0 ? bytes : throw reader.Error(at, $"alignment {bytes} is not a power of two");
    }

    private PtxVariable Variable(StateSpace space, Shape shape, bool isExternal, bool mayInitialise)
    {
        var name = !mayInitialise && reader.Current is { Kind: TokenKind.Identifier, Text: "_" } ? reader.Take() : reader.Name("the name of a variable");
        if (shape.Type == PtxType.Pred && space != StateSpace.Register) throw reader.Error(name, $"'{name.Text}' is a predicate; predicates live in registers");
        if (reader.Is("<")) throw reader.Error(reader.Current, "only registers are declared in ranges");
        var extents = Extents();
        var natural = shape.Type.Size * shape.Vector;
        InitialiserParser? initial = null;
        if (reader.Accept("="))
        {
            if (!mayInitialise || space is not (StateSpace.Global or StateSpace.Constant) || isExternal)
                throw reader.Error(name, $"'{name.Text}' cannot have an initial value; only .global and .const variables can");
            initial = new InitialiserParser(reader, _constants, budget, shape.Type);
            if (shape.Vector > 1) extents.Add(shape.Vector);
            initial.Read(extents, name);
        }
        var count = Count(name, extents, initial is null ? shape.Vector : 1, natural);
        if (count == 0 && !isExternal) throw reader.Error(name, $"array '{name.Text}' has no extent; only .extern arrays may leave it open");
        if (!budget.TakeBytes(count * shape.Type.Size)) throw reader.Error(name, $"the variables up to '{name.Text}' take more than {Budget.MostBytes} bytes");
        return new PtxVariable
        {
            Name = name.Text,
            Space = space,
            Type = shape.Type,
            Count = count,
            Alignment = Math.Max(1, Math.Max(shape.Alignment, shape.Alignment == 0 ? natural : 0)),
            Initial = initial?.Bytes,
            Relocations = initial is null ? [] : initial.Relocations,
            Line = name.Line,
        };
    }

    // An open first extent is -1 until the initial value tells.
    private List<long> Extents()
    {
        var extents = new List<long>();
        while (reader.Accept("["))
        {
            var at = reader.Current;
            if (extents.Count == 8) throw reader.Error(at, "an array has more than 8 dimensions");
            if (reader.Accept("]"))
            {
                if (extents.Count > 0) throw reader.Error(at, "only the first extent may be left open");
                extents.Add(-1);
                continue;
            }
            var extent = _constants.Integer("an extent");
            if (extent > Budget.MostBytes) throw reader.Error(at, $"extent {(long)extent} is out of range; {Budget.MostBytes} is the most");
            extents.Add((long)extent);
            reader.Expect("]", "behind an extent");
        }
        return extents;
    }

    private long Count(Token name, List<long> extents, int vector, int natural)
    {
        long count = vector;
        foreach (var extent in extents)
        {
            if (extent < 0) return 0;
            count *= extent;
            if (count * Math.Max(1, natural / vector) > Budget.MostBytes) throw reader.Error(name, $"'{name.Text}' takes more than {Budget.MostBytes} bytes");
        }
        return count;
    }
}

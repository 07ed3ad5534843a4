namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Reads the modifiers and operands of a register-to-register instruction and checks them: a register agrees with an instruction's type of the same size if
/// either is a <c>.b</c> type, both are integers, or they are the same floating-point type (PTX ISA 8.4, section 9.4).
/// </summary>
internal readonly struct Form(Instruction at, StepCompiler compiler)
{
    /// <summary>Types integer arithmetic takes.</summary>
    public static readonly PtxType[] Integers = [PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32, PtxType.S64];

    /// <summary>Types bitwise instructions take.</summary>
    public static readonly PtxType[] Bits = [PtxType.B16, PtxType.B32, PtxType.B64];

    /// <summary>The instruction.</summary>
    public Instruction At { get; } = at;

    /// <summary>The compiler.</summary>
    public StepCompiler Compiler { get; } = compiler;

    /// <summary>Whether a modifier is present.</summary>
    public bool Has(string modifier) => At.Has(modifier);

    /// <summary>The first type among the modifiers, or none.</summary>
    public PtxType FirstType => At.Types is { Count: > 0 } types ? types[0] : PtxType.None;

    /// <summary>A failure at this instruction.</summary>
    public PtxException Error(string what) => Compiler.Error(At, what);

    /// <summary>Checks that every modifier that is no type is one of those listed, and none stands twice.</summary>
    public void Allow(params ReadOnlySpan<string> accepted)
    {
        for (var i = 0; i < At.Modifiers.Count; i++)
        {
            var modifier = At.Modifiers[i];
            if (PtxTypes.Parse(modifier) != PtxType.None) continue;
            if (!accepted.Contains(modifier))
            {
                var list = accepted.Length == 0 ? "none but its type" : $".{string.Join(", .", accepted)}";
                throw Error($"{At} has no modifier .{modifier} for this type; accepted: {list}");
            }

            for (var j = 0; j < i; j++)
                if (At.Modifiers[j] == modifier) throw Error($"{At} repeats .{modifier}");
        }
    }

    /// <summary>The one of the modifiers listed that is present, or null; two of them are an error.</summary>
    public string? OneOf(params ReadOnlySpan<string> choices)
    {
        string? found = null;
        foreach (var choice in choices)
        {
            if (!Has(choice)) continue;
            if (found is not null) throw Error($"{At} takes .{found} or .{choice}, not both");
            found = choice;
        }

        return found;
    }

    /// <summary>The instruction's only type.</summary>
    public PtxType Type(params ReadOnlySpan<PtxType> accepted)
    {
        var types = At.Types;
        if (types.Count == 1 && accepted.Contains(types[0])) return types[0];
        var names = new List<string>();
        foreach (var type in accepted) names.Add(Name(type));
        throw Error($"{At} takes one type of {string.Join(", ", names)}");
    }

    /// <summary>Checks the number of operands.</summary>
    public void Count(int count)
    {
        if (At.Operands.Count != count) throw Error($"{At} takes {count} operands, {At.Operands.Count} given");
    }

    /// <summary>Place of a source operand of a type.</summary>
    public Slot In(int index, PtxType type)
    {
        var operand = At.Operands[index];
        CheckSource(operand, type, exactSize: true);
        return Compiler.Read(At, operand, type);
    }

    /// <summary>Place of a source operand whose register may be wider than the type.</summary>
    public Slot InWide(int index, PtxType type)
    {
        var operand = At.Operands[index];
        CheckSource(operand, type, exactSize: false);
        return Compiler.Read(At, operand, type);
    }

    /// <summary>Place of a destination of a type.</summary>
    public Slot Out(int index, PtxType type)
    {
        var operand = At.Operands[index];
        if (operand is RegisterOperand r) CheckRegister(r, type, exactSize: true);
        return Compiler.Write(At, operand);
    }

    /// <summary>Place of a destination whose register may be wider than the type.</summary>
    public Slot OutWide(int index, PtxType type)
    {
        var operand = At.Operands[index];
        if (operand is RegisterOperand r) CheckRegister(r, type, exactSize: false);
        return Compiler.Write(At, operand);
    }

    /// <summary>Place of a destination predicate, or scratch for the sink.</summary>
    public Slot OutPredicate(int index)
    {
        if (At.Operands[index] is SinkOperand) return Compiler.Scratch(0);
        if (At.Operands[index] is not RegisterOperand { Register.Type: PtxType.Pred, Negated: false, Second: null } p)
            throw Error($"{At} writes a predicate");
        return Compiler.Write(p.Register);
    }

    /// <summary>Place of a source predicate, and whether it is negated; a constant is true if it is not 0.</summary>
    public (Slot Slot, bool Negated) InPredicate(int index)
    {
        if (At.Operands[index] is IntegerOperand constant)
            return (Compiler.Read(At, new IntegerOperand(constant.Bits != 0 ? uint.MaxValue : 0), PtxType.U32), false);
        if (At.Operands[index] is RegisterOperand { Second: not null }) throw Error($"{At} takes one predicate here, not a pair");
        return Compiler.ReadPredicate(At, At.Operands[index]);
    }

    /// <summary>Checks a source operand that is read as a type.</summary>
    public void CheckSource(Operand operand, PtxType type, bool exactSize)
    {
        switch (operand)
        {
            case RegisterOperand r:
                CheckRegister(r, type, exactSize);
                break;
            case FloatOperand when type is not (PtxType.F32 or PtxType.F64 or PtxType.B32 or PtxType.B64):
                throw Error($"{At} takes no floating-point constant here, its type is {Name(type)}");
            case FloatOperand f when !type.IsFloat && f.Bits != 8 * type.Size:
                throw Error($"{At} takes a constant of {8 * type.Size} bits here, not of {f.Bits}");
            case IntegerOperand when type.IsFloat:
                throw Error($"{At} takes no integer constant here, its type is {Name(type)}");
            case IntegerOperand when type == PtxType.B128:
                throw Error($"{At} takes a register here, constants have at most 64 bits");
            case SpecialRegisterOperand or VariableOperand when type.Size > 8 || (type.IsFloat && type.Size != 4):
                throw Error($"{At} takes no address or special register here, its type is {Name(type)}");
            case SpecialRegisterOperand s when type.Size == 8 && Compiler.Read(At, s, type).Stride != 8:
                throw Error($"{At} reads 64 bits, {s.Name} has 32");
        }
    }

    private void CheckRegister(RegisterOperand operand, PtxType type, bool exactSize)
    {
        var register = operand.Register;
        if (operand.Negated || operand.Second is not null || register.Type == PtxType.Pred)
            throw Error($"{At} takes a register of type {Name(type)} here, not a predicate");
        var size = register.Type.Size;
        if (exactSize ? size != type.Size : size < type.Size)
            throw Error($"{At} works on {Name(type)}, register {register.Name} is .{Name(register.Type)}");
        if (!IsBits(register.Type) && !IsBits(type) && register.Type != type && !(IsWord(register.Type) && IsWord(type)))
            throw Error($"{At} works on {Name(type)}, register {register.Name} is .{Name(register.Type)}");
    }

    /// <summary>Name as written in PTX.</summary>
    public static string Name(PtxType type) => type.ToString().ToLowerInvariant();

    private static bool IsBits(PtxType type) => type is >= PtxType.B8 and <= PtxType.B128;

    private static bool IsWord(PtxType type) => type is >= PtxType.U8 and <= PtxType.S64;
}

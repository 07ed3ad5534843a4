namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Places the registers, constants and special registers of one kernel in the register file of a warp and turns operands into <see cref="Slot"/>s. The opcode
/// families (<see cref="Opcodes"/>) ask it for their operands; what they ask for is recorded as read or written.
/// </summary>
internal sealed class StepCompiler(PtxSource source)
{
    private const int Lanes = 32;

    private readonly List<string> _names = [];
    private readonly Dictionary<(ulong Bits, int Stride), Slot> _constants = [];
    private readonly Dictionary<string, Slot> _specials = [];
    private readonly List<(int Offset, ulong Bits, int Stride)> _constantValues = [];
    private readonly List<int> _reads = [];
    private readonly List<int> _writes = [];
    private Dictionary<PtxRegister, Slot> _registers = [];
    private bool _clock;
    private int _fileBytes;

    /// <summary>Bytes of a warp's register file.</summary>
    public int FileBytes => _fileBytes;

    /// <summary>Number of registers, for <see cref="Warp.Defined"/>.</summary>
    public int RegisterCount => _names.Count;

    /// <summary>Names of the registers by Index.</summary>
    public IReadOnlyList<string> RegisterNames => _names;

    /// <summary>Constants to be copied into every lane when a warp starts: offset, value, stride.</summary>
    public IReadOnlyList<(int Offset, ulong Bits, int Stride)> Constants => _constantValues;

    /// <summary>Special registers in use, by name as in <c>%tid.x</c>; filled when a warp starts, clocks when they are read.</summary>
    public IReadOnlyDictionary<string, Slot> Specials => _specials;

    /// <summary>Address of a variable in its space, known before the kernel runs.</summary>
    public Func<PtxVariable, ulong> AddressOf { get; init; } = static _ => 0;

    /// <summary>Registers of the function being compiled; a function laid out in place has its own at every call.</summary>
    public Dictionary<PtxRegister, Slot> Registers
    {
        get => _registers;
        set => _registers = value;
    }

    /// <summary>Whether the step being compiled reads a clock.</summary>
    public bool TakeClock()
    {
        var clock = _clock;
        _clock = false;
        return clock;
    }

    /// <summary>Registers of the step being compiled that must hold values.</summary>
    public int[] TakeReads()
    {
        var reads = Distinct(_reads);
        _reads.Clear();
        return reads;
    }

    /// <summary>Registers of the step being compiled that hold values afterwards.</summary>
    public int[] TakeWrites()
    {
        var writes = Distinct(_writes);
        _writes.Clear();
        return writes;
    }

    /// <summary>
    /// Place of a source operand: a register, a constant converted to the bits of <paramref name="type"/>, a special register, or the address of a variable.
    /// </summary>
    public Slot Read(Instruction at, Operand operand, PtxType type)
    {
        switch (operand)
        {
            case RegisterOperand r:
                var slot = Place(r.Register);
                _reads.Add(slot.Index);
                return slot;
            case IntegerOperand i:
                return Constant(type switch
                {
                    PtxType.F32 => BitConverter.SingleToUInt32Bits((long)i.Bits),
                    PtxType.F64 => BitConverter.DoubleToUInt64Bits((long)i.Bits),
                    _ => i.Bits,
                }, type);
            case FloatOperand f:
                return Constant(type == PtxType.F64 || type.Size == 8 ? BitConverter.DoubleToUInt64Bits(f.Value) : BitConverter.SingleToUInt32Bits((float)f.Value), type);
            case SpecialRegisterOperand s:
                return Special(at, s.Name);
            case VariableOperand v:
                return Constant(AddressOf(v.Variable) + (ulong)v.Offset, PtxType.U64);
            default:
                throw Error(at, $"{at} does not take {Describe(operand)} here");
        }
    }

    /// <summary>Place of a destination register.</summary>
    public Slot Write(Instruction at, Operand operand)
    {
        if (operand is SinkOperand) return Scratch(8);
        if (operand is not RegisterOperand { Negated: false } r) throw Error(at, $"{at} writes a register, not {Describe(operand)}");
        return Write(r.Register);
    }

    /// <summary>Place of a destination register.</summary>
    public Slot Write(PtxRegister register)
    {
        var slot = Place(register);
        _writes.Add(slot.Index);
        return slot;
    }

    /// <summary>Place of a predicate that is read, and whether it is negated.</summary>
    public (Slot Slot, bool Negated) ReadPredicate(Instruction at, Operand operand)
    {
        if (operand is not RegisterOperand { Register.Type: PtxType.Pred } p) throw Error(at, $"{at} takes a predicate here, not {Describe(operand)}");
        return (Read(at, operand, PtxType.Pred), p.Negated);
    }

    /// <summary>Places of the elements of a vector operand, or of a scalar as one; the sink <c>_</c> gets scratch lanes.</summary>
    public Slot[] WriteVector(Instruction at, Operand operand)
    {
        if (operand is not VectorOperand vector) return [Write(at, operand)];
        var slots = new Slot[vector.Elements.Count];
        for (var i = 0; i < slots.Length; i++) slots[i] = vector.Elements[i] is { } element ? Write(at, element) : Scratch(8);
        return slots;
    }

    /// <summary>As <see cref="WriteVector"/>, or with a type as <see cref="ReadVector"/>, for steps that keep account of which registers hold values themselves.</summary>
    public Slot[] PlaceVector(Instruction at, Operand operand, PtxType type = PtxType.None)
    {
        var (reads, writes) = (_reads.Count, _writes.Count);
        var slots = type == PtxType.None ? WriteVector(at, operand) : ReadVector(at, operand, type);
        _reads.RemoveRange(reads, _reads.Count - reads);
        _writes.RemoveRange(writes, _writes.Count - writes);
        return slots;
    }

    /// <summary>Places of the elements of a vector operand that is read, or of a scalar as one.</summary>
    public Slot[] ReadVector(Instruction at, Operand operand, PtxType type)
    {
        if (operand is not VectorOperand vector) return [Read(at, operand, type)];
        var slots = new Slot[vector.Elements.Count];
        for (var i = 0; i < slots.Length; i++) slots[i] = Read(at, vector.Elements[i] ?? throw Error(at, $"{at} reads this operand, '_' has no value"), type);
        return slots;
    }

    /// <summary>Lanes nobody reads.</summary>
    public Slot Scratch(int stride) => New(stride, -1);

    /// <summary>A failure at an instruction, with file, line and column.</summary>
    public PtxException Error(Instruction at, string what) => new(source, at.Line, at.Column, what);

    /// <summary>Place of a register.</summary>
    public Slot Place(PtxRegister register)
    {
        if (_registers.TryGetValue(register, out var slot)) return slot;
        slot = New(register.Type == PtxType.Pred ? 0 : Math.Max(4, register.Type.Size), _names.Count);
        _names.Add(register.Name);
        _registers.Add(register, slot);
        return slot;
    }

    private Slot Constant(ulong bits, PtxType type)
    {
        var stride = type.Size == 8 ? 8 : 4;
        if (stride == 4) bits = (uint)bits;
        if (_constants.TryGetValue((bits, stride), out var slot)) return slot;
        slot = New(stride, -1);
        _constants.Add((bits, stride), slot);
        _constantValues.Add((slot.Offset, bits, stride));
        return slot;
    }

    private Slot Special(Instruction at, string name)
    {
        if (!SpecialValues.IsKnown(name)) throw Error(at, $"special register {name} is not known to the simulator");
        _clock |= SpecialValues.IsClock(name);
        if (_specials.TryGetValue(name, out var slot)) return slot;
        slot = New(SpecialValues.IsWide(name) ? 8 : 4, -1);
        _specials.Add(name, slot);
        return slot;
    }

    private Slot New(int stride, int index)
    {
        var slot = new Slot(_fileBytes, stride, index);
        _fileBytes += stride == 0 ? 64 : Lanes * stride;
        return slot;
    }

    private static string Describe(Operand operand) => operand switch
    {
        RegisterOperand r => $"register {r.Register.Name}",
        IntegerOperand i => $"{(long)i.Bits}",
        FloatOperand f => $"{f.Value}",
        SpecialRegisterOperand s => s.Name,
        VariableOperand v => $"variable {v.Variable.Name}",
        AddressOperand => "an address",
        VectorOperand => "a vector",
        LabelOperand l => $"label {l.Label.Name}",
        FunctionOperand f => $"function {f.Name}",
        ArgumentsOperand => "an argument list",
        _ => "'_'",
    };

    private static int[] Distinct(List<int> values)
    {
        var set = new SortedSet<int>(values);
        set.Remove(-1);
        var result = new int[set.Count];
        set.CopyTo(result);
        return result;
    }
}

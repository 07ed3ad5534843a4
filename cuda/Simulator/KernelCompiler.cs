using System.Globalization;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Turns an entry into steps. A call is laid out in place with registers and local variables of its own, so a program counter alone says where a lane stands;
/// <c>ret</c> in it is a branch behind the call.
/// </summary>
internal sealed class KernelCompiler
{
    private const int MostSteps = 1 << 20;
    private const int MostParameterBytes = 4352;
    private const int MostLocalBytes = 1 << 19;

    private readonly PtxModule _module;
    private readonly KernelLayout _layout;
    private readonly StepCompiler _compiler;
    private readonly Func<PtxVariable, ulong> _moduleAddress;
    private readonly List<Step> _steps = [];
    private readonly Dictionary<PtxVariable, ulong> _parameters = [];
    private Dictionary<PtxVariable, ulong> _locals = [];
    private long _localBytes;
    private int _calls;

    private KernelCompiler(PtxModule module, PtxFunction entry, Func<PtxVariable, ulong> moduleAddress)
    {
        (_module, _moduleAddress) = (module, moduleAddress);
        _layout = new KernelLayout(module, entry);
        _compiler = new StepCompiler(module.Source) { AddressOf = Address };
    }

    /// <summary>Compiles an entry.</summary>
    /// <param name="module">The module.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="moduleAddress">Device address of variables of spaces global and const.</param>
    /// <exception cref="PtxException">It uses something the simulator does not know; the message has file, line and column.</exception>
    public static CompiledKernel Compile(PtxModule module, PtxFunction entry, Func<PtxVariable, ulong> moduleAddress)
    {
        var compiler = new KernelCompiler(module, entry, moduleAddress);
        var offsets = new int[entry.Parameters.Count];
        var bytes = 0L;
        for (var i = 0; i < offsets.Length; i++)
        {
            var parameter = entry.Parameters[i];
            bytes = KernelLayout.Align(bytes, Math.Max(parameter.Alignment, parameter.Type.Size));
            offsets[i] = (int)bytes;
            compiler._parameters.Add(parameter, (ulong)bytes);
            bytes += parameter.Bytes;
            if (parameter.Bytes is < 0 or > MostParameterBytes || bytes > MostParameterBytes)
                throw new PtxException(module.Source, entry.Line, 1, $"{entry.Name} has more than {MostParameterBytes} bytes of parameters");
        }

        compiler.Function(entry, -1);
        if (entry.Instructions.Count == 0) throw new PtxException(module.Source, entry.Line, 1, $"{entry.Name} has no instructions");
        compiler.Emit(new ControlStep(StepKind.Exit), entry.Instructions[^1], null, false);
        var constants = new (int, ulong, int)[compiler._compiler.Constants.Count];
        for (var i = 0; i < constants.Length; i++) constants[i] = compiler._compiler.Constants[i];
        var specials = new List<(string, Slot)>();
        foreach (var (name, slot) in compiler._compiler.Specials) specials.Add((name, slot));
        return new CompiledKernel
        {
            Module = module,
            Function = entry,
            Steps = [.. compiler._steps],
            ParameterOffsets = offsets,
            ParameterBytes = (int)bytes,
            SharedBytes = compiler._layout.SharedBytes,
            LocalBytes = (int)compiler._localBytes,
            FileBytes = compiler._compiler.FileBytes,
            RegisterNames = [.. compiler._compiler.RegisterNames],
            Constants = constants,
            Specials = [.. specials],
            HasGlobalAtomics = compiler._layout.HasGlobalAtomics,
            MaySpin = compiler._layout.MaySpin,
            SharedVariables = compiler._layout.SharedVariables,
        };
    }

    private ulong Address(PtxVariable variable) => variable.Space switch
    {
        StateSpace.Shared => _layout.Shared(variable),
        StateSpace.Global or StateSpace.Constant => _moduleAddress(variable),
        StateSpace.Parameter when _parameters.TryGetValue(variable, out var address) => address,
        _ => Local(variable),
    };

    private ulong Local(PtxVariable variable)
    {
        if (!_locals.TryGetValue(variable, out var address))
        {
            address = NewLocal(variable.Bytes, Math.Max(variable.Alignment, variable.Type.Size), variable.Line) + (variable.Space == StateSpace.Parameter ? GlobalMemory.LocalWindow : 0);
            _locals.Add(variable, address);
        }

        return address;
    }

    private ulong NewLocal(long bytes, int alignment, int line)
    {
        var address = KernelLayout.Align(_localBytes, alignment);
        _localBytes = address + bytes;
        if (bytes is < 0 or > MostLocalBytes || _localBytes > MostLocalBytes) throw new PtxException(_module.Source, line, 1, $"more than {MostLocalBytes} bytes of local memory per thread");
        return (ulong)address;
    }

    /// <summary>Lays out a function; <paramref name="depth"/> −1 is the entry, whose <c>ret</c> ends the thread.</summary>
    private void Function(PtxFunction function, int depth)
    {
        var starts = new int[function.Instructions.Count + 1];
        var branches = new List<(BranchStep Step, PtxLabel Label)>();
        var tables = new List<(BranchTableStep Step, PtxLabel Label)>();
        var returns = new List<BranchStep>();
        for (var i = 0; i < function.Instructions.Count; i++)
        {
            var at = function.Instructions[i];
            starts[i] = _steps.Count;
            Slot? guard = at.Guard is { } p ? _compiler.Place(p) : null;
            switch (at.Opcode)
            {
                case "bra":
                    var branch = new BranchStep(at.Has("uni"));
                    branches.Add((branch, Label(at, 0)));
                    Emit(branch, at, guard, at.GuardNegated);
                    break;
                case "brx":
                    if (!at.Has("idx") || at.Operands.Count != 2) throw _compiler.Error(at, "brx.idx takes an index and a list of targets");
                    var list = Label(at, 1);
                    if (list.Table.Count == 0) throw _compiler.Error(at, $"{list.Name} is not a list of branch targets");
                    var table = new BranchTableStep(_compiler.Read(at, at.Operands[0], PtxType.U32), new int[list.Table.Count], at.Has("uni"));
                    tables.Add((table, list));
                    Emit(table, at, guard, at.GuardNegated);
                    break;
                case "ret" when depth < 0:
                    Emit(new ControlStep(StepKind.Exit), at, guard, at.GuardNegated);
                    break;
                case "ret":
                    var back = new BranchStep(at.Has("uni"));
                    returns.Add(back);
                    Emit(back, at, guard, at.GuardNegated);
                    break;
                case "call":
                    Call(at, guard, depth);
                    break;
                default:
                    Emit(Opcodes.Compile(at, _compiler), at, guard, at.GuardNegated);
                    break;
            }
        }

        starts[^1] = _steps.Count;
        foreach (var (step, label) in branches) step.Target = Target(function, starts, label);
        foreach (var (step, label) in tables)
            for (var i = 0; i < step.Targets.Length; i++) step.Targets[i] = Target(function, starts, label.Table[i]);
        foreach (var step in returns) step.Target = starts[^1];
    }

    private void Call(Instruction at, Slot? guard, int depth)
    {
        var callee = KernelLayout.Callee(_module, at);
        if (callee.IsEntry) throw _compiler.Error(at, $"{callee.Name} is a kernel and cannot be called");
        var (results, arguments) = Operands(at);
        if (results.Count != callee.Returns.Count || arguments.Count != callee.Parameters.Count)
        {
            throw _compiler.Error(at, $"{callee.Name} returns {callee.Returns.Count} and takes {callee.Parameters.Count} values; " +
                $"the call has {results.Count} and {arguments.Count}");
        }

        BranchStep? skip = null;
        if (guard is not null)
        {
            skip = new BranchStep(uniform: false);
            Emit(skip, at, guard, !at.GuardNegated);
        }

        var (outer, outerLocals) = (_compiler.Registers, _locals);
        Dictionary<PtxRegister, Slot> inner = [];
        Dictionary<PtxVariable, ulong> innerLocals = [];
        for (var i = 0; i < arguments.Count; i++) Bind(at, callee, callee.Parameters[i], arguments[i], isResult: false, inner, innerLocals);
        var after = new List<Instruction>();
        for (var i = 0; i < results.Count; i++)
            if (Bind(at, callee, callee.Returns[i], results[i], isResult: true, inner, innerLocals) is { } copy) after.Add(copy);
        (_compiler.Registers, _locals) = (inner, innerLocals);
        Function(callee, depth + 1);
        (_compiler.Registers, _locals) = (outer, outerLocals);
        foreach (var copy in after) Emit(Opcodes.Compile(copy, _compiler), copy, null, false);
        if (skip is not null) skip.Target = _steps.Count;
    }

    /// <summary>
    /// Joins a formal and an actual parameter. A variable of space param is the same memory on both sides; a value is copied: arguments before the function, results
    /// by the instruction that is returned.
    /// </summary>
    private Instruction? Bind(Instruction at, PtxFunction callee, PtxVariable formal, Operand actual, bool isResult,
        Dictionary<PtxRegister, Slot> inner, Dictionary<PtxVariable, ulong> innerLocals)
    {
        if (formal.Space == StateSpace.Parameter && actual is VariableOperand { Variable.Space: StateSpace.Parameter } memory)
        {
            if (memory.Variable.Bytes - memory.Offset < formal.Bytes)
                throw _compiler.Error(at, $"{callee.Name}: {formal.Name} has {formal.Bytes} bytes, {memory.Variable.Name} has {memory.Variable.Bytes}");
            innerLocals[formal] = Address(memory.Variable) + (ulong)memory.Offset;
            return null;
        }

        var type = formal.Type.ToString().ToLowerInvariant();
        var between = new PtxRegister(formal.Name, formal.Type, -1 - _calls++);
        Operand through = new RegisterOperand(between);
        if (formal.Space == StateSpace.Parameter)
        {
            var cell = new PtxVariable { Name = formal.Name, Space = StateSpace.Parameter, Type = formal.Type, Count = formal.Count, Alignment = formal.Alignment, Line = at.Line };
            innerLocals[formal] = Address(cell);
            var address = new AddressOperand(new VariableOperand(cell), 0);
            if (isResult) return Copy(at, "ld", ["param", type], actual, address);
            EmitCopy(Copy(at, "st", ["param", type], address, actual));
            return null;
        }

        foreach (var register in callee.Registers)
        {
            if (register.Name != formal.Name) continue;
            inner[register] = _compiler.Place(between);
            break;
        }

        if (isResult) return Copy(at, "mov", [type], actual, through);
        EmitCopy(Copy(at, "mov", [type], through, actual));
        return null;
    }

    private void EmitCopy(Instruction copy) => Emit(Opcodes.Compile(copy, _compiler), copy, null, false);

    private static Instruction Copy(Instruction at, string opcode, string[] modifiers, Operand first, Operand second) =>
        new() { Opcode = opcode, Modifiers = modifiers, Operands = [first, second], Line = at.Line, Column = at.Column };

    private static (IReadOnlyList<Operand> Results, IReadOnlyList<Operand> Arguments) Operands(Instruction at)
    {
        IReadOnlyList<Operand> results = [], arguments = [];
        var named = false;
        foreach (var operand in at.Operands)
        {
            if (operand is FunctionOperand) named = true;
            else if (operand is ArgumentsOperand list && !named) results = list.Arguments;
            else if (operand is ArgumentsOperand list2 && arguments.Count == 0) arguments = list2.Arguments;
        }

        return (results, arguments);
    }

    private PtxLabel Label(Instruction at, int operand) => operand < at.Operands.Count && at.Operands[operand] is LabelOperand label
        ? label.Label
        : throw _compiler.Error(at, $"{at} takes a label");

    private int Target(PtxFunction function, int[] starts, PtxLabel label) => label.Target >= 0 && label.Target < starts.Length
        ? starts[label.Target]
        : throw new PtxException(_module.Source, function.Line, 1, string.Create(CultureInfo.InvariantCulture, $"label {label.Name} is not in {function.Name}"));

    private void Emit(Step step, Instruction at, Slot? guard, bool negated)
    {
        if (_steps.Count >= MostSteps) throw _compiler.Error(at, $"more than {MostSteps} instructions with all calls in place");
        step.Place(at, _steps.Count, guard, negated, _compiler.TakeReads(), _compiler.TakeWrites(), _compiler.TakeClock());
        _steps.Add(step);
    }
}

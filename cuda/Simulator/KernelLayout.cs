namespace SiaEngine.Cuda.Simulator;

/// <summary>Finds what an entry calls and places shared variables: static ones first, dynamic shared memory behind them.</summary>
internal sealed class KernelLayout
{
    private const int DeepestCall = 64;
    private const long MostShared = 1 << 20;

    private readonly PtxModule _module;
    private readonly HashSet<PtxFunction> _done = [];
    private readonly List<PtxFunction> _open = [];
    private readonly Dictionary<PtxVariable, long> _shared = [];
    private readonly List<PtxVariable> _dynamic = [];
    private long _bytes;

    /// <summary>Layout of an entry.</summary>
    /// <exception cref="PtxException">A function calls itself or is not there.</exception>
    public KernelLayout(PtxModule module, PtxFunction entry)
    {
        _module = module;
        Visit(entry);
        var alignment = 16L;
        foreach (var variable in _dynamic) alignment = Math.Max(alignment, variable.Alignment);
        if (_dynamic.Count > 0) _bytes = Align(_bytes, alignment);
    }

    /// <summary>Bytes of static shared memory.</summary>
    public int SharedBytes => (int)_bytes;

    /// <summary>Whether the entry has global atomics.</summary>
    public bool HasGlobalAtomics { get; private set; }

    /// <summary>Whether threads may wait for each other through memory.</summary>
    public bool MaySpin { get; private set; }

    /// <summary>Variables in shared memory: name, offset, size; 0 for dynamic ones, which go on to the end.</summary>
    public (string Name, long Offset, long Bytes)[] SharedVariables
    {
        get
        {
            var variables = new List<(string, long, long)>();
            foreach (var (variable, offset) in _shared) variables.Add((variable.Name, offset, variable.Bytes));
            foreach (var variable in _dynamic) variables.Add((variable.Name, _bytes, 0));
            return [.. variables];
        }
    }

    /// <summary>Address in shared memory.</summary>
    public ulong Shared(PtxVariable variable) => (ulong)(variable.IsDynamic ? _bytes : _shared[variable]);

    /// <summary>Next multiple of an alignment.</summary>
    public static long Align(long value, long alignment) => alignment <= 1 ? value : (value + alignment - 1) / alignment * alignment;

    /// <summary>The function an instruction calls.</summary>
    public static PtxFunction Callee(PtxModule module, Instruction call)
    {
        foreach (var operand in call.Operands)
        {
            if (operand is not FunctionOperand name) continue;
            if (!module.Functions.TryGetValue(name.Name, out var function))
                throw new PtxException(module.Source, call.Line, call.Column, $"function {name.Name} is called but not in this file");
            return function;
        }

        throw new PtxException(module.Source, call.Line, call.Column, "calls through a register are not known to the simulator");
    }

    private void Visit(PtxFunction function)
    {
        if (!_done.Add(function)) return;
        _open.Add(function);
        foreach (var variable in function.Variables)
            if (variable.Space == StateSpace.Shared) Place(variable);
        foreach (var instruction in function.Instructions)
        {
            foreach (var operand in instruction.Operands) Visit(operand);
            if (instruction.Opcode is "atom" or "red" && !instruction.Has("shared") && !instruction.Has("shared::cta")) HasGlobalAtomics = true;
            if (instruction.Opcode is "atom" or "red" or "nanosleep" or "mbarrier" || instruction.Has("volatile") || instruction.Has("acquire") || instruction.Has("relaxed")) MaySpin = true;
            if (instruction.Opcode != "call") continue;
            var callee = Callee(_module, instruction);
            if (_open.Contains(callee))
                throw new PtxException(_module.Source, instruction.Line, instruction.Column, $"{callee.Name} calls itself; recursion is not known to the simulator");
            if (!callee.IsDefined) throw new PtxException(_module.Source, instruction.Line, instruction.Column, $"function {callee.Name} is declared but has no body");
            if (_open.Count > DeepestCall) throw new PtxException(_module.Source, instruction.Line, instruction.Column, $"calls are nested deeper than {DeepestCall}");
            Visit(callee);
        }

        _open.Remove(function);
    }

    private void Visit(Operand? operand)
    {
        switch (operand)
        {
            case VariableOperand { Variable: { Space: StateSpace.Shared } variable }:
                Place(variable);
                break;
            case AddressOperand address:
                Visit(address.Base);
                break;
            case VectorOperand vector:
                foreach (var element in vector.Elements) Visit(element);
                break;
            case ArgumentsOperand arguments:
                foreach (var argument in arguments.Arguments) Visit(argument);
                break;
            default:
                break;
        }
    }

    private void Place(PtxVariable variable)
    {
        if (variable.IsDynamic)
        {
            if (!_dynamic.Contains(variable)) _dynamic.Add(variable);
            return;
        }

        if (_shared.ContainsKey(variable)) return;
        var address = Align(_bytes, variable.Alignment);
        _shared.Add(variable, address);
        _bytes = address + variable.Bytes;
        if (variable.Bytes is < 0 or > MostShared || _bytes > MostShared)
            throw new PtxException(_module.Source, variable.Line, 1, $"with {variable.Name} there are more than {MostShared} bytes of shared memory");
    }
}

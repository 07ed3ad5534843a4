namespace SiaEngine.Cuda.Simulator;

/// <summary>A loaded module: its variables lie in device memory.</summary>
internal sealed unsafe class SimulatedModule
{
    private const long MostBytes = 1 << 30;

    private readonly Dictionary<PtxVariable, ulong> _addresses = [];

    /// <summary>Loads a module.</summary>
    public SimulatedModule(PtxModule module, GlobalMemory memory)
    {
        Module = module;
        var variables = new List<PtxVariable>();
        Collect(module.Variables, variables);
        foreach (var function in module.Functions.Values) Collect(function.Variables, variables);
        foreach (var variable in variables)
        {
            if (_addresses.ContainsKey(variable)) continue;
            if (variable.Bytes is < 0 or > MostBytes) throw new PtxException(module.Source, variable.Line, 1, $"variable {variable.Name} has more than {MostBytes} bytes");
            var address = memory.Allocate((nuint)Math.Max(1, variable.Bytes), $"variable {variable.Name}", ofModule: true, readOnly: variable.Space == StateSpace.Constant);
            _addresses.Add(variable, address);
            var bytes = new Span<byte>(memory.Host(address, (nuint)variable.Bytes, write: true), (int)variable.Bytes);
            bytes.Clear();
            variable.Initial?.CopyTo(bytes);
        }

        foreach (var variable in variables)
        {
            foreach (var (offset, symbol, addend) in variable.Relocations)
            {
                var target = variables.Find(v => v.Name == symbol)
                    ?? throw new PtxException(module.Source, variable.Line, 1, $"the initialiser of {variable.Name} takes the address of '{symbol}', which is no global or const variable");
                *(ulong*)memory.Host(_addresses[variable] + (ulong)offset, 8, write: true) = _addresses[target] + (ulong)addend;
            }
        }
    }

    /// <summary>The PTX.</summary>
    public PtxModule Module { get; }

    /// <summary>Compiles an entry.</summary>
    /// <exception cref="PtxException">There is no such entry, or it uses something the simulator does not know.</exception>
    public CompiledKernel Compile(string entry)
    {
        if (Module.Functions.TryGetValue(entry, out var function) && function.IsEntry) return KernelCompiler.Compile(Module, function, Address);
        var names = new List<string>();
        foreach (var candidate in Module.Functions.Values)
            if (candidate.IsEntry) names.Add(candidate.Name);
        throw new PtxException($"{Module.Source.Name}: no kernel '{entry}'; there are {string.Join(", ", names)}");
    }

    /// <summary>Address and size of a variable of module scope.</summary>
    public bool TryFind(string name, out ulong address, out long bytes)
    {
        (address, bytes) = (0, 0);
        foreach (var variable in Module.Variables)
        {
            if (variable.Name != name || !_addresses.TryGetValue(variable, out address)) continue;
            bytes = variable.Bytes;
            return true;
        }

        return false;
    }

    /// <summary>Frees the variables; kernels of the module must not run any more.</summary>
    public void Free(GlobalMemory memory)
    {
        foreach (var address in _addresses.Values) memory.Free(address);
        _addresses.Clear();
    }

    private ulong Address(PtxVariable variable) => _addresses[variable];

    private static void Collect(IReadOnlyList<PtxVariable> from, List<PtxVariable> to)
    {
        foreach (var variable in from)
            if (variable.Space is StateSpace.Global or StateSpace.Constant) to.Add(variable);
    }
}

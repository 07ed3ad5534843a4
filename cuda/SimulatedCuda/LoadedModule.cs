namespace SiaEngine.SimulatedCuda;

/// <summary>A module in a context; every kernel in it is compiled when it is loaded, as by the driver.</summary>
internal sealed class LoadedModule
{
    /// <summary>Name of the text in messages.</summary>
    public const string SourceName = "ptx input";

    private readonly Dictionary<string, nint> _functions = new(StringComparer.Ordinal);
    private readonly SimulatedModule _module;

    private LoadedModule(Context context, SimulatedModule module)
    {
        (Context, _module) = (context, module);
        Handle = context.Own(this);
        context.Modules.Add(this);
    }

    /// <summary>Its context.</summary>
    public Context Context { get; }

    /// <summary>Its handle.</summary>
    public nint Handle { get; }

    /// <summary>Whether it was unloaded.</summary>
    public bool IsUnloaded { get; private set; }

    /// <summary>Handles of its kernels, by name.</summary>
    public IReadOnlyDictionary<string, nint> Functions => _functions;

    /// <summary>Loads PTX.</summary>
    /// <exception cref="PtxException">It is not PTX, or uses what the simulator does not know.</exception>
    public static LoadedModule Load(Context context, string text)
    {
        var parsed = Parser.Parse(new PtxSource(SourceName, text));
        SimulatedDriver.RequireTarget(parsed, Gpu.Model);
        var module = new LoadedModule(context, new SimulatedModule(parsed, context.Driver.Memory));
        try
        {
            foreach (var function in parsed.Functions.Values)
                if (function.IsEntry && function.IsDefined) module.Compile(function.Name);
        }
        catch (PtxException)
        {
            module.Unload();
            throw;
        }

        return module;
    }

    /// <summary>Address and size of a variable.</summary>
    public (ulong Address, nuint Bytes) Global(string name) =>
        _module.TryFind(name, out var address, out var bytes) ? (address, (nuint)bytes) : throw new CuException(CuResult.NotFound);

    /// <summary>Ends it and the handles of its kernels.</summary>
    public void Unload()
    {
        foreach (var handle in _functions.Values)
        {
            Handles.Find<LoadedFunction>(handle, "function").Target.Kernel.Pool.Dispose();
            Context.Disown(handle);
        }

        IsUnloaded = true;
        _functions.Clear();
        Context.Modules.Remove(this);
        Context.Disown(Handle);
        _module.Free(Context.Driver.Memory);
    }

    private void Compile(string entry) => _functions.Add(entry, Context.Own(new LoadedFunction(this, new SimulatedFunction(_module.Compile(entry), Gpu.Model))));
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>A kernel as the driver hands it out: checks what a launch gives.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="model">The GPU whose limits hold.</param>
internal sealed unsafe class SimulatedFunction(CompiledKernel kernel, GpuModel model)
{
    private const int SharedWithoutOptIn = 48 << 10;

    private int _dynamicLimit = SharedWithoutOptIn;

    /// <summary>The kernel.</summary>
    public CompiledKernel Kernel { get; } = kernel;

    /// <summary>Allows more dynamic shared memory.</summary>
    /// <exception cref="CudaException">It is more than the GPU has.</exception>
    public void SetDynamicShared(int bytes)
    {
        if (bytes < 0 || bytes + Kernel.SharedBytes > model.SharedPerBlock)
            throw new CudaException($"{Kernel.Name}: {bytes} bytes of dynamic and {Kernel.SharedBytes} of static shared memory; {model.Architecture} allows {model.SharedPerBlock} per block");
        _dynamicLimit = Math.Max(bytes, SharedWithoutOptIn);
    }

    /// <summary>Checks the shape of a launch.</summary>
    /// <exception cref="CudaException">The GPU or the kernel does not allow it.</exception>
    public void Check(in LaunchShape shape)
    {
        var function = Kernel.Function;
        if (shape.GridX < 1 || shape.GridY < 1 || shape.GridZ < 1 || shape.BlockX < 1 || shape.BlockY < 1 || shape.BlockZ < 1) throw Refuse(shape, "every extent is at least 1");
        if (shape.Cluster.X > 0) throw Refuse(shape, "clusters are not simulated");
        if (shape.GridY > 65535 || shape.GridZ > 65535) throw Refuse(shape, "the grid has at most 65535 blocks along y and z");
        if (shape.BlockX > 1024 || shape.BlockY > 1024 || shape.BlockZ > 64) throw Refuse(shape, "the block has at most 1024 threads along x and y and 64 along z");
        if (shape.Threads > model.ThreadsPerBlock) throw Refuse(shape, $"{model.Architecture} allows {model.ThreadsPerBlock} threads per block");
        if (function.RequiredThreads is { } required && (shape.BlockX, shape.BlockY, shape.BlockZ) != required) throw Refuse(shape, $"the kernel requires block {required} (.reqntid)");
        if (function.MaxThreads is { } most && shape.Threads > most.X * most.Y * most.Z) throw Refuse(shape, $"the kernel allows {most.X * most.Y * most.Z} threads per block (.maxntid)");
        if (shape.SharedBytes < 0 || shape.SharedBytes > _dynamicLimit) throw Refuse(shape, $"{_dynamicLimit} bytes of dynamic shared memory are allowed; more needs SetDynamicShared");
        if (shape.SharedBytes + Kernel.SharedBytes > Math.Max(SharedWithoutOptIn, _dynamicLimit + Kernel.SharedBytes) || shape.SharedBytes + Kernel.SharedBytes > model.SharedPerBlock)
            throw Refuse(shape, $"with {Kernel.SharedBytes} bytes of static shared memory it needs more than {model.Architecture} allows ({model.SharedPerBlock})");
    }

    /// <summary>Lays the arguments out as the kernel's parameters.</summary>
    /// <exception cref="CudaException">Their number or sizes are not those of the kernel.</exception>
    public void Fill(ReadOnlySpan<KernelArg> arguments, byte* parameters)
    {
        var declared = Kernel.Function.Parameters;
        if (arguments.Length != declared.Count)
            throw new CudaException($"{Kernel.Name} takes {declared.Count} arguments, got {arguments.Length}: {Declared()}");
        for (var i = 0; i < arguments.Length; i++)
        {
            var bytes = declared[i].Bytes;
            if (arguments[i].Size != bytes && !(bytes is 1 or 2 && arguments[i].Size == 4))
                throw new CudaException($"{Kernel.Name}: argument {i}, {declared[i].Name}, has {bytes} bytes, got {arguments[i].Size}: {Declared()}");
            var bits = arguments[i].Bits;
            Buffer.MemoryCopy(&bits, parameters + Kernel.ParameterOffsets[i], bytes, bytes);
        }
    }

    /// <summary>The arguments by name.</summary>
    public KernelParameter[] Name(ReadOnlySpan<KernelArg> arguments)
    {
        var parameters = new KernelParameter[arguments.Length];
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = new KernelParameter(Kernel.Function.Parameters[i].Name, Kernel.Function.Parameters[i].Type, arguments[i].Bits, arguments[i].Extent);
        return parameters;
    }

    /// <summary>The parameters of a packed parameter space by name; of a structure the first 8 bytes.</summary>
    public KernelParameter[] Name(ReadOnlySpan<byte> packed)
    {
        var declared = Kernel.Function.Parameters;
        var parameters = new KernelParameter[declared.Count];
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < parameters.Length; i++)
        {
            bits.Clear();
            packed.Slice(Kernel.ParameterOffsets[i], (int)Math.Min(declared[i].Bytes, bits.Length)).CopyTo(bits);
            parameters[i] = new KernelParameter(declared[i].Name, declared[i].Type, BitConverter.ToUInt64(bits), 0);
        }

        return parameters;
    }

    private string Declared()
    {
        var names = new List<string>();
        foreach (var parameter in Kernel.Function.Parameters) names.Add($".{parameter.Type.ToString().ToLowerInvariant()} {parameter.Name}");
        return string.Join(", ", names);
    }

    private CudaException Refuse(in LaunchShape shape, string rule) => new($"{Kernel.Name}: {rule}; got {shape}");
}

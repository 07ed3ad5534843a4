namespace SiaEngine.SimulatedCuda;

/// <summary>A kernel of a loaded module.</summary>
/// <param name="module">The module.</param>
/// <param name="target">The kernel.</param>
internal sealed unsafe class LoadedFunction(LoadedModule module, SimulatedFunction target)
{
    /// <summary>Registers that are reported where the PTX does not limit them: only NVIDIA's assembler knows the number.</summary>
    public const int AssumedRegisters = 32;

    private const nint EndOfExtra = 0;
    private const nint BufferPointer = 1;
    private const nint BufferBytes = 2;

    /// <summary>Its module.</summary>
    public LoadedModule Module => module;

    /// <summary>The kernel.</summary>
    public SimulatedFunction Target => target;

    /// <summary>Dynamic shared memory allowed.</summary>
    public int MaxDynamicShared { get; private set; } = Math.Max(0, (48 << 10) - target.Kernel.SharedBytes);

    /// <summary>Registers per thread, assumed.</summary>
    public int Registers => Math.Min(AssumedRegisters, target.Kernel.Function.MaxRegisters ?? AssumedRegisters);

    /// <summary>Most threads per block.</summary>
    public int MaxThreads => (target.Kernel.Function.RequiredThreads ?? target.Kernel.Function.MaxThreads) is { } most
        ? Math.Min(most.X * most.Y * most.Z, Gpu.Model.ThreadsPerBlock)
        : Gpu.Model.ThreadsPerBlock;

    /// <summary>Allows dynamic shared memory.</summary>
    public void AllowDynamicShared(int bytes)
    {
        target.SetDynamicShared(bytes);
        MaxDynamicShared = bytes;
    }

    /// <summary>Blocks that a multiprocessor holds.</summary>
    public int Occupancy(int threads, nuint dynamicShared)
    {
        var shared = (nuint)target.Kernel.SharedBytes + dynamicShared;
        if (threads < 1 || threads > MaxThreads || shared > (nuint)Gpu.Model.SharedPerBlock) return 0;
        return Gpu.Model.Occupancy(Registers, (int)shared, threads).Blocks;
    }

    /// <summary>The bytes of the parameter space, from pointers to each parameter or from a packed buffer.</summary>
    public byte[] Pack(void** parameters, void** extra)
    {
        var kernel = target.Kernel;
        var declared = kernel.Function.Parameters;
        var bytes = new byte[kernel.ParameterBytes];
        if (parameters is not null && extra is not null) throw new CuException(CuResult.InvalidValue, $"{kernel.Name}: both kernelParams and extra are given");
        if (extra is not null)
        {
            Unpack(extra, bytes);
            return bytes;
        }

        if (parameters is null && declared.Count > 0) throw new CuException(CuResult.InvalidValue, $"{kernel.Name} takes {declared.Count} parameters and got none");
        for (var i = 0; i < declared.Count; i++)
        {
            if (parameters[i] is null) throw new CuException(CuResult.InvalidValue, $"{kernel.Name}: kernelParams[{i}] is null");
            new ReadOnlySpan<byte>(parameters[i], (int)declared[i].Bytes).CopyTo(bytes.AsSpan(kernel.ParameterOffsets[i]));
        }

        return bytes;
    }

    private void Unpack(void** extra, byte[] bytes)
    {
        void* buffer = null;
        nuint length = 0;
        for (var i = 0; (nint)extra[i] != EndOfExtra; i += 2)
        {
            switch ((nint)extra[i])
            {
                case BufferPointer:
                    buffer = extra[i + 1];
                    break;
                case BufferBytes:
                    length = *(nuint*)extra[i + 1];
                    break;
                default:
                    throw new CuException(CuResult.InvalidValue, $"extra[{i}] is 0x{(nint)extra[i]:x}");
            }
        }

        if (length < (nuint)bytes.Length || (buffer is null && bytes.Length > 0))
            throw new CuException(CuResult.InvalidValue, $"{target.Kernel.Name} takes {bytes.Length} bytes of parameters, the buffer has {length}");
        new ReadOnlySpan<byte>(buffer, bytes.Length).CopyTo(bytes);
    }
}

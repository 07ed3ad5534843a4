namespace SiaEngine.Cuda.Simulator;

/// <summary>What all blocks of a launch share.</summary>
internal sealed unsafe class KernelLaunch
{
    /// <summary>The kernel.</summary>
    public required CompiledKernel Kernel { get; init; }

    /// <summary>Grid and block.</summary>
    public required LaunchShape Shape { get; init; }

    /// <summary>Global memory and what of it the kernel may touch.</summary>
    public required LaunchMemory Memory { get; init; }

    /// <summary>
    /// Bytes of the kernel's parameters, <see cref="CompiledKernel.ParameterBytes"/> of them: addresses of the parameter space from 0. Parameters of device
    /// functions are local memory; their addresses start at <see cref="GlobalMemory.LocalWindow"/>, as generic addresses of local memory do.
    /// </summary>
    public byte* Parameters { get; init; }

    /// <summary>Order of blocks, warps and fragments.</summary>
    public Schedule Schedule { get; init; } = Schedule.InOrder;

    /// <summary>Warp steps after which the launch is stopped.</summary>
    public long InstructionLimit { get; init; } = 4_000_000_000;

    /// <summary>Whether reads of unwritten registers and memory, bounds of extents, and races are checked.</summary>
    public bool Checks { get; init; } = true;

    /// <summary>How <c>mma.sync</c> adds.</summary>
    public MmaNumerics Numerics { get; init; }

    /// <summary>Recorder of one warp's addresses, or null.</summary>
    public Probe? Probe { get; init; }

    /// <summary>The text, for messages.</summary>
    public PtxSource Source => Kernel.Module.Source;

    /// <summary>Multiprocessors of the simulated device, for <c>%smid</c>.</summary>
    public int Multiprocessors { get; init; } = 1;

    /// <summary>Number of the launch on its device, for <c>%gridid</c>.</summary>
    public long Number { get; init; }
}

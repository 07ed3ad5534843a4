namespace SiaEngine.Cuda.Simulator;

/// <summary>An entry with everything it calls, as steps.</summary>
internal sealed class CompiledKernel
{
    /// <summary>The module.</summary>
    public required PtxModule Module { get; init; }

    /// <summary>The entry.</summary>
    public required PtxFunction Function { get; init; }

    /// <summary>Name of the entry.</summary>
    public string Name => Function.Name;

    /// <summary>The instructions; functions that are called stand at the place of each call.</summary>
    public required Step[] Steps { get; init; }

    /// <summary>Byte offset of every parameter.</summary>
    public required int[] ParameterOffsets { get; init; }

    /// <summary>Bytes of the parameter space.</summary>
    public required int ParameterBytes { get; init; }

    /// <summary>Static shared memory.</summary>
    public required int SharedBytes { get; init; }

    /// <summary>Variables in shared memory: name, offset, size; 0 for dynamic ones, which go on to the end.</summary>
    public (string Name, long Offset, long Bytes)[] SharedVariables { get; init; } = [];

    /// <summary>Local memory per thread.</summary>
    public required int LocalBytes { get; init; }

    /// <summary>Bytes of a warp's register file.</summary>
    public required int FileBytes { get; init; }

    /// <summary>Names of the registers, by <see cref="Slot.Index"/>.</summary>
    public required string[] RegisterNames { get; init; }

    /// <summary>Constants in the register file: offset, value, stride.</summary>
    public required (int Offset, ulong Bits, int Stride)[] Constants { get; init; }

    /// <summary>Special registers in the register file.</summary>
    public required (string Name, Slot Slot)[] Specials { get; init; }

    /// <summary>Whether the kernel has atomics on global memory: then its blocks run in turn on one thread, so that the order of the atomics is always the same.</summary>
    public required bool HasGlobalAtomics { get; init; }

    /// <summary>Whether threads may wait for each other by reading memory in a loop: then warps and blocks take short turns.</summary>
    public required bool MaySpin { get; init; }

    /// <summary>Register files between launches.</summary>
    public KernelPool Pool { get; } = new();
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Device memory. Every allocation has an address range of its own, 64 GiB from the next (address = number · 2³⁶ + offset), so that an index error cannot land in a
/// neighbour; addresses below 2³⁶ are the generic windows of shared and local memory. For each byte it is known whether it was written.
/// </summary>
internal sealed unsafe class GlobalMemory : IDisposable
{
    /// <summary>log2 of the distance between allocations.</summary>
    public const int AllocationBits = 36;

    /// <summary>First generic address of shared memory.</summary>
    public const ulong SharedWindow = 1UL << 32;

    /// <summary>First generic address of local memory.</summary>
    public const ulong LocalWindow = 2UL << 32;

    /// <summary>New memory whose bytes are undefined.</summary>
    public ulong Allocate(nuint bytes, string name) => throw new NotSupportedException();

    /// <summary>Ends an allocation; later accesses are reported as use after free.</summary>
    public void Free(ulong address) => throw new NotSupportedException();

    /// <summary>Forgets that bytes were written.</summary>
    public void Discard(ulong address, nuint bytes) => throw new NotSupportedException();

    /// <summary>Host pointer to bytes the host reads or writes; writing marks them as written.</summary>
    /// <exception cref="CudaException">The range does not lie in one live allocation.</exception>
    public byte* Host(ulong address, nuint bytes, bool write) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

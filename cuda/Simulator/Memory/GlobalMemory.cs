namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Device memory. Every allocation has an address range of its own, 64 GiB from the next (address = number · 2³⁶ + offset), so that an index error cannot land in a
/// neighbour; addresses below 2³⁶ are the generic windows of shared, local and parameter memory. For each byte it is known whether it was written.
/// Const variables are read-only allocations; their generic address is their address.
/// </summary>
/// <param name="firstNumber">Number of the first allocation, which sets the addresses apart from others.</param>
internal sealed unsafe class GlobalMemory(int firstNumber = 1) : IDisposable
{
    /// <summary>log2 of the distance between allocations.</summary>
    public const int AllocationBits = 36;

    /// <summary>First generic address of shared memory.</summary>
    public const ulong SharedWindow = 1UL << 32;

    /// <summary>First generic address of local memory.</summary>
    public const ulong LocalWindow = 2UL << 32;

    /// <summary>First generic address of kernel parameters.</summary>
    public const ulong ParameterWindow = 3UL << 32;

    /// <summary>Bytes of a window.</summary>
    public const ulong WindowBytes = 1UL << 32;

    private readonly List<Allocation> _allocations = [];
    private readonly Stack<SharedBuffer> _buffers = new();
    private uint _launches;

    /// <summary>New memory whose bytes are undefined.</summary>
    /// <param name="bytes">Size.</param>
    /// <param name="name">What it is, for reports.</param>
    /// <param name="ofModule">A variable of a module, which every kernel may touch.</param>
    /// <param name="readOnly">Const memory.</param>
    public ulong Allocate(nuint bytes, string name, bool ofModule = false, bool readOnly = false)
    {
        if (bytes >= 1UL << AllocationBits) throw new CudaException($"allocation of {bytes} bytes: the simulator gives at most 64 GiB at once");
        var address = (ulong)(firstNumber + _allocations.Count) << AllocationBits;
        _allocations.Add(new Allocation(address, bytes, name, ofModule, readOnly));
        return address;
    }

    /// <summary>Ends an allocation; later accesses are reported as use after free.</summary>
    /// <exception cref="CudaException">The address does not start a live allocation.</exception>
    public void Free(ulong address)
    {
        if (Find(address) is not { Freed: false } allocation || allocation.Address != address)
            throw new CudaException($"free of 0x{address:x}: no live allocation starts there");
        allocation.Free();
    }

    /// <summary>Forgets that bytes were written.</summary>
    /// <exception cref="CudaException">The range does not lie in one live allocation.</exception>
    public void Discard(ulong address, nuint bytes)
    {
        var allocation = Range(address, bytes);
        ByteBits.Fill(allocation.Written, (nuint)(address - allocation.Address), bytes, false);
    }

    /// <summary>Host pointer to bytes the host reads or writes; writing marks them as written.</summary>
    /// <exception cref="CudaException">The range does not lie in one live allocation.</exception>
    public byte* Host(ulong address, nuint bytes, bool write)
    {
        var allocation = Range(address, bytes);
        var offset = (nuint)(address - allocation.Address);
        if (write) ByteBits.Fill(allocation.Written, offset, bytes, true);
        return allocation.Data + offset;
    }

    /// <summary>Copies within the device; undefined bytes stay undefined.</summary>
    /// <exception cref="CudaException">A range does not lie in one live allocation.</exception>
    public void Copy(ulong source, ulong destination, nuint bytes)
    {
        var (from, to) = (Range(source, bytes), Range(destination, bytes));
        var (a, b) = ((nuint)(source - from.Address), (nuint)(destination - to.Address));
        Buffer.MemoryCopy(from.Data + a, to.Data + b, bytes, bytes);
        if (ByteBits.FirstClear(from.Written, a, bytes) == a + bytes) ByteBits.Fill(to.Written, b, bytes, true);
        else ByteBits.Copy(from.Written, a, to.Written, b, bytes);
    }

    /// <summary>Allocation whose range holds an address, live or freed, or null.</summary>
    public Allocation? Find(ulong address)
    {
        var number = (address >> AllocationBits) - (ulong)firstNumber;
        return number < (ulong)_allocations.Count ? _allocations[(int)number] : null;
    }

    /// <summary>Number of the next launch, from 1.</summary>
    public uint NextLaunch() => ++_launches;

    /// <summary>Shared memory for one block, used again when the block is done.</summary>
    public SharedBuffer Rent(int bytes)
    {
        lock (_buffers)
            while (_buffers.TryPop(out var buffer))
                if (buffer.Bytes >= bytes) return buffer;
        return new SharedBuffer(bytes);
    }

    /// <summary>Takes back what <see cref="Rent"/> gave.</summary>
    public void Return(SharedBuffer buffer)
    {
        lock (_buffers) _buffers.Push(buffer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var allocation in _allocations) allocation.Free();
    }

    private Allocation Range(ulong address, nuint bytes)
    {
        if (Find(address) is not { } allocation) throw new CudaException($"no allocation at 0x{address:x}");
        if (allocation.Freed) throw new CudaException($"0x{address:x} lies in {allocation.Name}, which was freed");
        var offset = (nuint)(address - allocation.Address);
        if (offset > allocation.Bytes || bytes > allocation.Bytes - offset)
            throw new CudaException($"{bytes} bytes at 0x{address:x} leave {allocation.Name} ({allocation.Bytes} bytes at 0x{allocation.Address:x})");
        return allocation;
    }
}

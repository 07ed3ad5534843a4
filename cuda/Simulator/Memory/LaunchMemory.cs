using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Global memory as one launch sees it: which bytes the kernel may touch, and which thread of which block touched them last. Blocks run on several host
/// threads; nothing orders them but atomics with fences.
/// </summary>
internal sealed unsafe class LaunchMemory
{
    private readonly MemoryRange[] _ranges;
    private readonly MemoryRange?[] _whole = new MemoryRange?[16];

    /// <summary>View of a launch.</summary>
    /// <param name="memory">Device memory.</param>
    /// <param name="extents">Address and size of every tensor given, in the order of the arguments, empty ones included so that numbers in reports are those of
    /// the arguments; an allocation named here may be touched only inside its extents. An allocation that is not named may be touched whole if
    /// <paramref name="onlyExtents"/> is false (launches through the plain driver interface), not at all otherwise.</param>
    /// <param name="onlyExtents">Whether unnamed allocations are out of bounds; those of modules never are.</param>
    /// <param name="countDistinct">Whether to count distinct bytes read and written (<see cref="DistinctBytes"/>).</param>
    public LaunchMemory(GlobalMemory memory, (ulong Address, nuint Bytes)[] extents, bool onlyExtents, bool countDistinct = false)
    {
        (Memory, Extents, OnlyExtents, CountDistinct, Number) = (memory, extents, onlyExtents, countDistinct, memory.NextLaunch());
        var ranges = new List<MemoryRange>();
        for (var i = 0; i < extents.Length; i++)
        {
            var (address, bytes) = extents[i];
            if (bytes > 0 && memory.Find(address) is { } allocation) ranges.Add(new MemoryRange(address, address + bytes, allocation, i));
        }

        _ranges = [.. ranges];
        if (!countDistinct) return;
        foreach (var range in _ranges) Touch(range.Allocation);
    }

    /// <summary>Device memory.</summary>
    public GlobalMemory Memory { get; }

    /// <summary>What the kernel was given.</summary>
    public (ulong Address, nuint Bytes)[] Extents { get; }

    /// <summary>Whether unnamed allocations are out of bounds.</summary>
    public bool OnlyExtents { get; }

    /// <summary>Whether distinct bytes are counted.</summary>
    public bool CountDistinct { get; }

    /// <summary>Number of the launch in this memory; records of other launches do not count.</summary>
    public uint Number { get; }

    /// <summary>Held while an instruction that orders threads touches global memory.</summary>
    public Lock OrderingGate { get; } = new();

    /// <summary>Words of global memory through which threads were ordered.</summary>
    public Dictionary<ulong, SyncLocation> SyncLocations { get; } = [];

    private List<Allocation> Touched { get; } = [];

    /// <summary>Range that holds all bytes of an access, or null.</summary>
    public MemoryRange? Find(ulong address, int bytes)
    {
        var named = false;
        foreach (var range in _ranges)
        {
            if (address >= range.First && address < range.End && range.End - address >= (ulong)bytes) return range.Allocation.Freed ? null : range;
            named |= address >> GlobalMemory.AllocationBits == range.First >> GlobalMemory.AllocationBits;
        }

        if (named) return null;
        ref var cached = ref _whole[(int)(address >> GlobalMemory.AllocationBits) & 15];
        var whole = cached;
        if (whole is null || address < whole.First || address >= whole.First + (1UL << GlobalMemory.AllocationBits))
        {
            if (Memory.Find(address) is not { } allocation || (OnlyExtents && !allocation.OfModule)) return null;
            whole = new MemoryRange(allocation.Address, allocation.Address + allocation.Bytes, allocation, -1);
            if (CountDistinct) lock (Touched) Touch(allocation);
            cached = whole;
        }

        return address < whole.End && whole.End - address >= (ulong)bytes && !whole.Allocation.Freed ? whole : null;
    }

    /// <summary>What is wrong with an access for which <see cref="Find"/> has nothing.</summary>
    public string Explain(ulong address, int bytes)
    {
        MemoryRange? nearest = null;
        var distance = ulong.MaxValue;
        var home = address + (1UL << GlobalMemory.AllocationBits - 1) >> GlobalMemory.AllocationBits;
        foreach (var range in _ranges)
        {
            if (range.First >> GlobalMemory.AllocationBits != address >> GlobalMemory.AllocationBits && range.First >> GlobalMemory.AllocationBits != home) continue;
            var d = address < range.First ? range.First - address : address >= range.End ? address - range.End : 0;
            if (d >= distance) continue;
            (nearest, distance) = (range, d);
        }

        var allocation = Memory.Find(home << GlobalMemory.AllocationBits) ?? Memory.Find(address);
        if (allocation is { Freed: true }) return $"use after free: {Place(address)}, freed before the launch";
        if (nearest is not null)
            return $"out of bounds: byte {Outside((long)(address - nearest.First), bytes, nearest.End - nearest.First)} of tensor argument {nearest.Argument} ({nearest.End - nearest.First} bytes)";
        if (allocation is null) return $"out of bounds: address 0x{address:x} lies in no allocation";
        return OnlyExtents && !allocation.OfModule
            ? $"out of bounds: address 0x{address:x} lies in {allocation.Name}, which the launch was not given"
            : $"out of bounds: byte {Outside((long)(address - allocation.Address), bytes, allocation.Bytes)} of {allocation.Name} ({allocation.Bytes} bytes)";
    }

    /// <summary>Name of an address in reports, as in <c>byte 12 of tensor argument 2</c>.</summary>
    public string Place(ulong address)
    {
        foreach (var range in _ranges)
            if (address >= range.First && address < range.End) return $"byte {address - range.First} of tensor argument {range.Argument}";
        return Memory.Find(address) is { } allocation ? $"byte {address - allocation.Address} of {allocation.Name}" : $"address 0x{address:x}";
    }

    /// <summary>Distinct bytes the launch has read and written so far; 0 unless they are counted.</summary>
    public (long Read, long Written) DistinctBytes()
    {
        long read = 0, written = 0;
        foreach (var allocation in Touched)
        {
            if (allocation.TouchedRead is null) continue;
            for (nuint i = 0; i <= allocation.Bytes / 64; i++)
            {
                read += BitOperations.PopCount(allocation.TouchedRead[i]);
                written += BitOperations.PopCount(allocation.TouchedWritten[i]);
            }
        }

        return (read, written);
    }

    private void Touch(Allocation allocation)
    {
        if (Touched.Contains(allocation)) return;
        allocation.CountTouched();
        Touched.Add(allocation);
    }

    private static long Outside(long offset, int bytes, ulong size) =>
        offset >= 0 && (ulong)offset < size && (ulong)(offset + bytes) > size ? (long)size : offset;
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Global memory as one launch sees it: which bytes the kernel may touch, and which thread of which block touched them last. Blocks run on several host
/// threads; nothing orders them but atomics with fences.
/// </summary>
/// <param name="memory">Device memory.</param>
/// <param name="extents">Address and size of every tensor given; an allocation named here may be touched only inside its extents. An allocation that is not
/// named may be touched whole if <paramref name="onlyExtents"/> is false (launches through the plain driver interface), not at all otherwise.</param>
/// <param name="onlyExtents">Whether unnamed allocations are out of bounds.</param>
internal sealed class LaunchMemory(GlobalMemory memory, (ulong Address, nuint Bytes)[] extents, bool onlyExtents)
{
    /// <summary>Device memory.</summary>
    public GlobalMemory Memory { get; } = memory;

    /// <summary>What the kernel was given.</summary>
    public (ulong Address, nuint Bytes)[] Extents { get; } = extents;

    /// <summary>Whether unnamed allocations are out of bounds.</summary>
    public bool OnlyExtents { get; } = onlyExtents;
}

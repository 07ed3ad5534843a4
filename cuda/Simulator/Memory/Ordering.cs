using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Strong accesses order threads: what was released into a word is known to whoever reads it strongly. Callers hold <see cref="LaunchMemory.OrderingGate"/>.</summary>
internal static unsafe class Ordering
{
    /// <summary>Strong reads.</summary>
    public static void Acquire(Warp warp, uint mask, StateSpace space, ulong* addresses)
    {
        var block = warp.Memory;
        if (block.SyncLocations.Count == 0 && block.Launch.SyncLocations.Count == 0) return;
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            if (Locations(block, space, addresses[lane], out var word) is { } locations && locations.TryGetValue(word, out var location))
                block.Clocks.Acquire(warp.Index * 32 + lane, location);
        }
    }

    /// <summary>Strong writes: they release what the thread's fences cover, or everything if <paramref name="release"/>.</summary>
    public static void Release(Warp warp, uint mask, StateSpace space, ulong* addresses, bool release, bool blockOnly)
    {
        var block = warp.Memory;
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var thread = warp.Index * 32 + lane;
            if (!release && !block.Clocks.HasFenced(thread)) continue;
            if (Locations(block, space, addresses[lane], out var word) is not { } locations) continue;
            if (!locations.TryGetValue(word, out var location)) locations.Add(word, location = new SyncLocation());
            block.Clocks.Release(thread, location, release, blockOnly);
        }
    }

    private static Dictionary<ulong, SyncLocation>? Locations(BlockMemory block, StateSpace space, ulong address, out ulong word)
    {
        word = address & ~3UL;
        if (space == StateSpace.Shared) return block.SyncLocations;
        if (space == StateSpace.Global) return block.Launch.SyncLocations;
        var window = address >> 32;
        if (window == GlobalMemory.SharedWindow >> 32)
        {
            word -= GlobalMemory.SharedWindow;
            return block.SyncLocations;
        }

        return space == StateSpace.Generic && address >> GlobalMemory.AllocationBits != 0 ? block.Launch.SyncLocations : null;
    }
}

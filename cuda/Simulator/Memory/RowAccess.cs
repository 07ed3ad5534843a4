namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// The most frequent access, checked once for the warp: all 32 lanes touch adjacent bytes of one tensor or of shared memory, lane after lane. Whatever is not in
/// order is left to <see cref="MemoryAccess"/>, which goes lane by lane and reports.
/// </summary>
internal static unsafe class RowAccess
{
    private const int Lanes = 32;

    /// <summary>Whether 32 addresses follow each other without gaps.</summary>
    public static bool IsRow(ulong* addresses, int bytes)
    {
        var next = addresses[0];
        ulong difference = 0;
        for (var lane = 1; lane < Lanes; lane++) difference |= addresses[lane] ^ (next += (ulong)bytes);
        return difference == 0;
    }

    /// <summary>Does what <see cref="MemoryAccess.Run"/> says, or nothing; returns whether it did.</summary>
    public static bool Run(Warp warp, Step step, StateSpace space, ulong address, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers) => space switch
    {
        StateSpace.Shared => Shared(warp, step, address, bytes, kind, strong, values, pointers),
        StateSpace.Global => Global(warp, step, address, bytes, kind, strong, values, pointers),
        StateSpace.Generic when address >> GlobalMemory.AllocationBits != 0 => Global(warp, step, address, bytes, kind, strong, values, pointers),
        _ => false,
    };

    private static bool Global(Warp warp, Step step, ulong address, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        var block = warp.Memory;
        var launch = block.Launch;
        var size = Lanes * bytes;
        if (launch.Find(address, size) is not { Allocation: { ReadOnly: false } allocation }) return false;
        var checks = warp.Launch.Checks;
        var (reads, writes) = (kind != AccessKind.Write, kind is AccessKind.Write or AccessKind.Atomic);
        var offset = (nuint)(address - allocation.Address);
        if (reads && checks && !ByteBits.AllSetRange(allocation.Written, offset, size)) return false;
        if (writes) ByteBits.SetRange(allocation.Written, offset, size);
        if (launch.CountDistinct)
        {
            if (reads) ByteBits.SetRange(allocation.TouchedRead, offset, size);
            if (writes) ByteBits.SetRange(allocation.TouchedWritten, offset, size);
        }

        var data = allocation.Data + offset;
        if (checks)
        {
            var first = block.Block * block.Threads;
            var check = new AccessCheck(allocation.Table, launch.Number, block, first, writes, strong || kind == AccessKind.Atomic);
            var (thread, stripe) = (warp.Index * Lanes, -1);
            for (var lane = 0; lane < Lanes; lane++)
            {
                var at = lane * bytes;
                if (stripe < 0 || (address + (ulong)at & 255) == 0)
                {
                    MemoryAccess.Unlock(stripe);
                    MemoryAccess.Lock(stripe = MemoryAccess.Stripe(address + (ulong)at));
                }

                var other = check.Touch(thread + lane, step.Pc, offset + (nuint)at, bytes, data + at, values == null ? null : values + lane * 16);
                if (other == 0) continue;
                MemoryAccess.Unlock(stripe);
                var place = address + (ulong)at;
                throw MemoryAccess.Race(warp, step, lane, launch.Place(place), place, kind, other, check.OtherWrote, first);
            }

            MemoryAccess.Unlock(stripe);
        }

        Finish(data, bytes, values, pointers);
        AccessCounts.GlobalRow(warp.Counters, step.Pc, address, bytes, reads, writes);
        return true;
    }

    private static bool Shared(Warp warp, Step step, ulong address, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        var block = warp.Memory;
        var size = Lanes * bytes;
        if (kind == AccessKind.AsyncWrite || block.Copies.Any || address > (ulong)block.SharedBytes || (ulong)size > (ulong)block.SharedBytes - address) return false;
        var shared = block.Shared;
        var checks = warp.Launch.Checks;
        var (reads, writes) = (kind != AccessKind.Write, kind is AccessKind.Write or AccessKind.Atomic);
        if (reads && checks && !ByteBits.AllSetRange(shared.Written, (nuint)address, size)) return false;
        if (writes) ByteBits.SetRange(shared.Written, (nuint)address, size);
        var data = shared.Data + address;
        if (checks)
        {
            var check = new AccessCheck(shared.Table, shared.Tag, block, 0, writes, strong || kind == AccessKind.Atomic);
            var thread = warp.Index * Lanes;
            for (var lane = 0; lane < Lanes; lane++)
            {
                var at = (nuint)address + (nuint)(lane * bytes);
                var other = check.Touch(thread + lane, step.Pc, at, bytes, data + lane * bytes, values == null ? null : values + lane * 16);
                if (other != 0) throw MemoryAccess.Race(warp, step, lane, MemoryAccess.SharedPlace(warp, (long)at), at, kind, other, check.OtherWrote, 0);
            }
        }

        Finish(data, bytes, values, pointers);
        AccessCounts.SharedRow(warp.Counters, step.Pc, bytes);
        return true;
    }

    private static void Finish(byte* data, int bytes, byte* values, byte** pointers)
    {
        for (var lane = 0; lane < Lanes; lane++) pointers[lane] = data + lane * bytes;
        if (values == null) return;
        for (var lane = 0; lane < Lanes; lane++) MemoryAccess.Store(data + lane * bytes, values + lane * 16, bytes);
    }
}

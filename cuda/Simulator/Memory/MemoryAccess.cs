using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// Accesses of the lanes of a warp: every lane is checked (space, alignment, bounds, written before read, pending copies, races), counted, and given a host pointer.
/// </summary>
internal static unsafe class MemoryAccess
{
    private const int Stripes = 1024;

    private static readonly int[] StripeLocks = new int[Stripes];

    /// <summary>Does what <see cref="Warp.Resolve"/> says.</summary>
    /// <param name="warp">The warp.</param>
    /// <param name="step">The instruction.</param>
    /// <param name="mask">Lanes that access.</param>
    /// <param name="space">State space, or generic.</param>
    /// <param name="addresses">32 addresses.</param>
    /// <param name="bytes">Bytes per lane.</param>
    /// <param name="kind">How.</param>
    /// <param name="strong">Whether the access is volatile, relaxed, acquire or release; atomics always are.</param>
    /// <param name="values">Bytes that a write stores, 16 per lane, or null: then the caller stores. Given values are stored here, lane after lane.</param>
    /// <param name="pointers">Host pointers, set for the lanes in the mask.</param>
    public static void Run(Warp warp, Step step, uint mask, StateSpace space, ulong* addresses, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        if (bytes > 1) CheckAlignment(warp, step, mask, addresses, bytes);
        if (mask == uint.MaxValue && RowAccess.IsRow(addresses, bytes) && RowAccess.Run(warp, step, space, addresses[0], bytes, kind, strong, values, pointers))
        {
            warp.Probe?.Record(step, mask, space, addresses, bytes, kind is not (AccessKind.Read or AccessKind.AsyncRead));
            return;
        }

        switch (space)
        {
            case StateSpace.Global:
                Global(warp, step, mask, addresses, bytes, kind, strong, values, pointers);
                break;
            case StateSpace.Shared:
                Shared(warp, step, mask, addresses, 0, bytes, kind, strong, values, pointers);
                break;
            case StateSpace.Local:
                Local(warp, step, mask, addresses, 0, bytes, kind, values, pointers);
                break;
            case StateSpace.Parameter:
                Parameter(warp, step, mask, addresses, bytes, kind, values, pointers);
                break;
            case StateSpace.Constant:
                Global(warp, step, mask, addresses, bytes, kind, strong, values, pointers);
                break;
            default:
                Generic(warp, step, mask, addresses, bytes, kind, strong, values, pointers);
                break;
        }
    }

    private static void Generic(Warp warp, Step step, uint mask, ulong* addresses, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        uint shared = 0, local = 0, parameter = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            switch (addresses[lane] >> 32)
            {
                case GlobalMemory.SharedWindow >> 32:
                    shared |= 1u << lane;
                    break;
                case GlobalMemory.LocalWindow >> 32:
                    local |= 1u << lane;
                    break;
                case GlobalMemory.ParameterWindow >> 32:
                    parameter |= 1u << lane;
                    break;
                default:
                    break;
            }
        }

        var global = mask & ~(shared | local | parameter);
        if (global != 0) Global(warp, step, global, addresses, bytes, kind, strong, values, pointers);
        if (shared != 0) Shared(warp, step, shared, addresses, GlobalMemory.SharedWindow, bytes, kind, strong, values, pointers);
        if (local != 0) Local(warp, step, local, addresses, GlobalMemory.LocalWindow, bytes, kind, values, pointers);
        if (parameter != 0) Parameter(warp, step, parameter, addresses, bytes, kind, values, pointers);
    }

    private static void Global(Warp warp, Step step, uint mask, ulong* addresses, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        var block = warp.Memory;
        var launch = block.Launch;
        var checks = warp.Launch.Checks;
        var (reads, writes) = (kind != AccessKind.Write, kind is AccessKind.Write or AccessKind.Atomic);
        strong |= kind == AccessKind.Atomic;
        var (pc, firstThread) = (step.Pc, warp.Index * 32);
        MemoryRange? range = null;
        AccessCheck check = default;
        var stripe = -1;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            var address = addresses[lane];
            if (range is null || address < range.First || address >= range.End || range.End - address < (ulong)bytes)
            {
                range = launch.Find(address, bytes);
                if (range is null || (writes && range.Allocation.ReadOnly))
                {
                    Unlock(stripe);
                    throw range is null
                        ? Report.Fault(KernelFault.OutOfBounds, warp, step,
                            $"{Report.Thread(warp, lane)} {Verb(kind)} {bytes} bytes at 0x{address:x}: {launch.Explain(address, bytes)}")
                        : Report.Fault(KernelFault.Forbidden, warp, step, $"{Report.Thread(warp, lane)} writes const memory, {launch.Place(address)}");
                }

                if (checks) check = new AccessCheck(range.Allocation.Table, launch.Number, block, block.Block * block.Threads, writes, strong);
            }

            var allocation = range.Allocation;
            var offset = (nuint)(address - allocation.Address);
            var pointer = allocation.Data + offset;
            pointers[lane] = pointer;
            if (reads && checks && !ByteBits.AllSet(allocation.Written, offset, bytes))
            {
                Unlock(stripe);
                var place = allocation.Address + ByteBits.FirstClear(allocation.Written, offset, (nuint)bytes);
                throw Report.Fault(KernelFault.Uninitialised, warp, step,
                    $"{Report.Thread(warp, lane)} reads {launch.Place(place)}, which was never written (0x{place:x})");
            }

            if (writes) ByteBits.Set(allocation.Written, offset, bytes);
            if (launch.CountDistinct)
            {
                if (reads) ByteBits.Set(allocation.TouchedRead, offset, bytes);
                if (writes) ByteBits.Set(allocation.TouchedWritten, offset, bytes);
            }

            if (checks && !allocation.ReadOnly)
            {
                var next = Stripe(address);
                if (next != stripe)
                {
                    Unlock(stripe);
                    Lock(stripe = next);
                }

                var other = check.Touch(firstThread + lane, pc, offset, bytes, pointer, values == null ? null : values + lane * 16);
                if (other != 0)
                {
                    Unlock(stripe);
                    throw Race(warp, step, lane, launch.Place(address), address, kind, other, check.OtherWrote, block.Block * block.Threads);
                }
            }

            if (values != null) Store(pointer, values + lane * 16, bytes);
        }

        Unlock(stripe);
        if (range!.Allocation.ReadOnly) return;
        AccessCounts.Global(warp.Counters, pc, mask, addresses, bytes, reads, writes);
        warp.Probe?.Record(step, mask, StateSpace.Global, addresses, bytes, writes);
    }

    private static void Shared(Warp warp, Step step, uint mask, ulong* addresses, ulong window, int bytes, AccessKind kind, bool strong, byte* values, byte** pointers)
    {
        var block = warp.Memory;
        var shared = block.Shared;
        var checks = warp.Launch.Checks;
        var (reads, writes) = (kind is AccessKind.Read or AccessKind.Atomic or AccessKind.AsyncRead, kind is not (AccessKind.Read or AccessKind.AsyncRead));
        var (pc, firstThread) = (step.Pc, warp.Index * 32);
        var last = (ulong)block.SharedBytes - (ulong)bytes;
        var check = new AccessCheck(shared.Table, shared.Tag, block, 0, writes, strong || kind == AccessKind.Atomic);
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            var offset = (nuint)(addresses[lane] - window);
            if (offset > last || block.SharedBytes < bytes)
            {
                throw Report.Fault(KernelFault.OutOfBounds, warp, step,
                    $"{Report.Thread(warp, lane)} {Verb(kind)} {bytes} bytes at shared address {(long)offset}: the block has {block.SharedBytes} bytes of shared memory");
            }

            var pointer = shared.Data + offset;
            pointers[lane] = pointer;
            if ((block.Copies.Any || kind == AccessKind.AsyncWrite) && (shared.Pending[offset >> 6] & ByteBits.Mask(offset, bytes)) != 0)
                throw block.Copies.Fault(warp, step, lane, (int)offset, bytes, kind);
            if (reads && checks && !ByteBits.AllSet(shared.Written, offset, bytes))
            {
                throw Report.Fault(KernelFault.Uninitialised, warp, step,
                    $"{Report.Thread(warp, lane)} reads {SharedPlace(warp, (long)ByteBits.FirstClear(shared.Written, offset, (nuint)bytes))}, which was never written");
            }

            if (kind == AccessKind.AsyncWrite) shared.Pending[offset >> 6] |= ByteBits.Mask(offset, bytes);
            else if (writes) shared.Written[offset >> 6] |= ByteBits.Mask(offset, bytes);
            if (checks)
            {
                var other = check.Touch(firstThread + lane, pc, offset, bytes, pointer, values == null ? null : values + lane * 16);
                if (other != 0) throw Race(warp, step, lane, SharedPlace(warp, (long)offset), offset, kind, other, check.OtherWrote, 0);
            }

            if (values != null) Store(pointer, values + lane * 16, bytes);
        }

        AccessCounts.Shared(warp.Counters, pc, mask, addresses, bytes);
        warp.Probe?.Record(step, mask, StateSpace.Shared, addresses, bytes, writes);
    }

    private static void Local(Warp warp, Step step, uint mask, ulong* addresses, ulong window, int bytes, AccessKind kind, byte* values, byte** pointers)
    {
        var block = warp.Memory;
        var data = block.Local;
        var written = block.LocalWritten;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            var offset = addresses[lane] - window;
            if (offset >= (ulong)block.LocalBytes || (ulong)bytes > (ulong)block.LocalBytes - offset)
            {
                throw Report.Fault(KernelFault.OutOfBounds, warp, step,
                    $"{Report.Thread(warp, lane)} {Verb(kind)} {bytes} bytes at local address {(long)offset}: a thread has {block.LocalBytes} bytes of local memory");
            }

            var place = (nuint)(warp.Index * 32 + lane) * (nuint)block.LocalStride + (nuint)offset;
            if (kind != AccessKind.Read) written[place >> 6] |= ByteBits.Mask(place, bytes);
            pointers[lane] = data + place;
            if (values != null) Store(data + place, values + lane * 16, bytes);
        }
    }

    private static void Parameter(Warp warp, Step step, uint mask, ulong* addresses, int bytes, AccessKind kind, byte* values, byte** pointers)
    {
        uint local = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if (addresses[lane] >> 32 == GlobalMemory.LocalWindow >> 32)
            {
                local |= 1u << lane;
                continue;
            }

            var offset = addresses[lane] >> 32 == GlobalMemory.ParameterWindow >> 32 ? addresses[lane] - GlobalMemory.ParameterWindow : addresses[lane];
            var size = (ulong)warp.Launch.Kernel.ParameterBytes;
            if (offset >= size || (ulong)bytes > size - offset)
            {
                throw Report.Fault(KernelFault.OutOfBounds, warp, step,
                    $"{Report.Thread(warp, lane)} {Verb(kind)} {bytes} bytes at parameter address {(long)offset}: the kernel has {size} bytes of parameters");
            }

            if (kind != AccessKind.Read) throw Report.Fault(KernelFault.Forbidden, warp, step, $"{Report.Thread(warp, lane)} writes a parameter of the kernel");
            pointers[lane] = warp.Launch.Parameters + offset;
        }

        if (local != 0) Local(warp, step, local, addresses, GlobalMemory.LocalWindow, bytes, kind, values, pointers);
    }

    private static void CheckAlignment(Warp warp, Step step, uint mask, ulong* addresses, int bytes)
    {
        ulong all = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1) all |= addresses[BitOperations.TrailingZeroCount(lanes)];
        if ((all & (ulong)(bytes - 1)) == 0) return;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if ((addresses[lane] & (ulong)(bytes - 1)) == 0) continue;
            throw Report.Fault(KernelFault.Misaligned, warp, step,
                $"{Report.Thread(warp, lane)} accesses {bytes} bytes at 0x{addresses[lane]:x}, which is not a multiple of {bytes}");
        }
    }

    /// <summary>Name of a byte of shared memory in reports, as in <c>shared byte 20 (byte 4 of tile)</c>.</summary>
    public static string SharedPlace(Warp warp, long offset)
    {
        foreach (var (name, first, size) in warp.Launch.Kernel.SharedVariables)
            if (offset >= first && (size == 0 || offset < first + size)) return $"shared byte {offset} (byte {offset - first} of {name})";
        return $"shared byte {offset}";
    }

    /// <summary>Report of a race with the access at an <see cref="Epoch"/>.</summary>
    public static KernelFaultException Race(Warp warp, Step step, int lane, string place, ulong address, AccessKind kind, ulong other, bool otherWrote, long first)
    {
        var threads = warp.Memory.Threads;
        var number = Epoch.Thread(other);
        var block = warp.Block - first / threads + number / threads;
        var kernel = warp.Launch.Kernel;
        var known = Epoch.Pc(other) < kernel.Steps.Length && Epoch.Pc(other) < ushort.MaxValue;
        var where = known ? $" at {Report.Place(kernel, Epoch.Pc(other))}" : "";
        otherWrote |= known && kernel.Steps[Epoch.Pc(other)].Source.Opcode is "st" or "stmatrix";
        return Report.Fault(KernelFault.Race, warp, step, $"race on {place} (0x{address:x}): {Report.Thread(warp, lane)} {Verb(kind)}, " +
            $"{Report.Thread(warp.Launch.Shape, block, (int)(number % threads))} {(otherWrote ? "wrote" : "read")}{where}, and nothing orders the two");
    }

    private static string Verb(AccessKind kind) => kind switch
    {
        AccessKind.Read or AccessKind.AsyncRead => "reads",
        AccessKind.Atomic => "updates",
        _ => "writes",
    };

    /// <summary>Copies the bytes of a lane, 1, 2, 4, 8 or 16 of them, at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* to, byte* from, int bytes)
    {
        switch (bytes)
        {
            case 1:
                *to = *from;
                break;
            case 2:
                *(ushort*)to = *(ushort*)from;
                break;
            case 4:
                *(uint*)to = *(uint*)from;
                break;
            case 8:
                *(ulong*)to = *(ulong*)from;
                break;
            default:
                *(UInt128*)to = *(UInt128*)from;
                break;
        }
    }

    /// <summary>Stripe of an address: 256 bytes share one.</summary>
    public static int Stripe(ulong address) => (int)((address >> 8 ^ address >> 18 ^ address >> 36) & (Stripes - 1));

    /// <summary>Locks a stripe of the records of global memory.</summary>
    public static void Lock(int stripe)
    {
        ref var word = ref StripeLocks[stripe];
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref word, 1, 0) != 0) spin.SpinOnce();
    }

    /// <summary>Unlocks a stripe unless it is −1.</summary>
    public static void Unlock(int stripe)
    {
        if (stripe >= 0) Volatile.Write(ref StripeLocks[stripe], 0);
    }
}

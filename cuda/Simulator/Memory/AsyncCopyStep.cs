using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>cp.async</c>: a copy of 4, 8 or 16 bytes per lane from global to shared memory that lands when its group is waited for.</summary>
internal sealed unsafe class AsyncCopyStep(Address destination, Address source, int bytes, Slot? sourceBytes, Slot? ignore, bool ignoreNegated) : Step
{
    /// <summary>Compiles every <c>cp</c> instruction.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        if (!at.Has("async") || at.Has("bulk")) throw compiler.Error(at, $"instruction '{at}' is not known to the simulator");
        if (at.Has("commit_group")) return new AsyncGroupStep(-1, commit: true);
        if (at.Has("wait_all")) return new AsyncGroupStep(-1, commit: false);
        if (at.Has("wait_group"))
        {
            MemoryOpcodes.Operands(at, compiler, 1, 1);
            if (at.Operands[0] is not IntegerOperand { Bits: < 1 << 20 } groups) throw compiler.Error(at, $"{at} takes a constant number of groups");
            return new AsyncGroupStep((int)groups.Bits, commit: false);
        }

        if (at.Has("mbarrier")) return MBarrierStep.CompileCopyArrive(at, compiler);
        MemoryOpcodes.Operands(at, compiler, 3, 5);
        if (at.Operands[2] is not IntegerOperand { Bits: 4 or 8 or 16 } size) throw compiler.Error(at, $"{at} copies 4, 8 or 16 bytes");
        if (at.Has("cg") && size.Bits != 16) throw compiler.Error(at, $"{at} copies 16 bytes");
        Slot? sourceBytes = null, ignore = null;
        var negated = false;
        if (at.Operands.Count > 3 && !at.Has("L2::cache_hint"))
        {
            if (at.Operands[3] is RegisterOperand { Register.Type: PtxType.Pred }) (ignore, negated) = compiler.ReadPredicate(at, at.Operands[3]);
            else sourceBytes = compiler.Read(at, at.Operands[3], PtxType.U32);
        }

        return new AsyncCopyStep(Address.Compile(at, at.Operands[0], compiler), Address.Compile(at, at.Operands[1], compiler), (int)size.Bits,
            sourceBytes, ignore, negated);
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[32];
        var sources = stackalloc byte*[32];
        var destinations = stackalloc byte*[32];
        var sizes = stackalloc int[32];
        uint whole = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            var size = sourceBytes is { } given ? warp.Lane<uint>(given, lane) : (uint)bytes;
            if (size > bytes) throw Report.Fault(KernelFault.Forbidden, warp, this, $"{Report.Thread(warp, lane)} copies {size} bytes of a {bytes}-byte copy");
            if (ignore is { } predicate && (warp.Predicate(predicate) >> lane & 1) != (ignoreNegated ? 1u : 0)) size = 0;
            sizes[lane] = (int)size;
            if (size == bytes) whole |= 1u << lane;
        }

        source.Fill(warp, mask, addresses);
        if (whole != 0) MemoryAccess.Run(warp, this, whole, StateSpace.Global, addresses, bytes, AccessKind.AsyncRead, false, null, sources);
        for (var lanes = mask & ~whole; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            Part(warp, lane, addresses[lane], sizes[lane], sources);
        }

        destination.Fill(warp, mask, addresses);
        MemoryAccess.Run(warp, this, mask, StateSpace.Shared, addresses, bytes, AccessKind.AsyncWrite, false, null, destinations);
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            warp.Memory.Copies.Issue(warp, this, lane, destinations[lane], bytes, sources[lane], sizes[lane]);
        }
    }

    /// <summary>Resolves a source shorter than the copy byte by byte; only those bytes are read.</summary>
    private void Part(Warp warp, int lane, ulong address, int size, byte** sources)
    {
        var addresses = stackalloc ulong[32];
        var pointers = stackalloc byte*[32];
        if ((address & (ulong)(bytes - 1)) != 0)
            throw Report.Fault(KernelFault.Misaligned, warp, this, $"{Report.Thread(warp, lane)} copies {bytes} bytes from 0x{address:x}, which is not a multiple of {bytes}");
        for (var i = size - 1; i >= 0; i--)
        {
            addresses[lane] = address + (ulong)i;
            MemoryAccess.Run(warp, this, 1u << lane, StateSpace.Global, addresses, 1, AccessKind.AsyncRead, false, null, pointers);
        }

        sources[lane] = pointers[lane];
    }
}

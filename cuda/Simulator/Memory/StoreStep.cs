using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>st</c>: stores the low bytes of the registers. Compilers copy structures with their padding: where the space is not named to be shared or global, a register
/// without a value may be stored, and its bytes count as never written.
/// </summary>
internal sealed unsafe class StoreStep(StateSpace space, Address address, int size, Slot[] sources, bool strong, bool release, bool blockOnly, bool carries) : Step
{
    /// <summary>Compiles <c>st{.modifiers}{.space}{.v2|.v4}.type [a], b</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        if (at.Has("async")) throw compiler.Error(at, $"{at} is not known to the simulator");
        MemoryOpcodes.Operands(at, compiler, 2, 3);
        var type = MemoryOpcodes.Type(at, compiler);
        var vector = MemoryOpcodes.Vector(at);
        var address = Address.Compile(at, at.Operands[0], compiler);
        var space = MemoryOpcodes.Space(at, compiler);
        var carries = space is StateSpace.Local or StateSpace.Parameter or StateSpace.Generic;
        var sources = carries ? compiler.PlaceVector(at, at.Operands[1], type) : compiler.ReadVector(at, at.Operands[1], type);
        if (sources.Length != vector) throw compiler.Error(at, $"{at} needs {vector} registers, not {sources.Length}");
        if (type.Size * vector > 16) throw compiler.Error(at, $"{at} moves more than 16 bytes");
        foreach (var source in sources)
            if (source.Stride < type.Size) throw compiler.Error(at, $"{at}: the register is narrower than the type");
        return new StoreStep(space, address, type.Size, sources, MemoryOpcodes.IsStrong(at), at.Has("release"), at.Has("cta"), carries);
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[32];
        var pointers = stackalloc byte*[32];
        var values = stackalloc byte[32 * 16];
        address.Fill(warp, mask, addresses);
        Gather(warp, mask, values);
        if (strong)
        {
            lock (warp.Memory.Launch.OrderingGate)
            {
                MemoryAccess.Run(warp, this, mask, space, addresses, size * sources.Length, AccessKind.Write, true, values, pointers);
                Ordering.Release(warp, mask, space, addresses, release, blockOnly);
            }

            return;
        }

        MemoryAccess.Run(warp, this, mask, space, addresses, size * sources.Length, AccessKind.Write, false, values, pointers);
        if (carries && warp.Launch.Checks) Forget(warp, mask, addresses, pointers);
    }

    /// <summary>Bytes stored from registers without a value are as if never written.</summary>
    private void Forget(Warp warp, uint mask, ulong* addresses, byte** pointers)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            if (sources[i].Index < 0) continue;
            for (var lanes = mask & ~warp.Defined[sources[i].Index]; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                var window = space == StateSpace.Generic ? addresses[lane] >> 32 : GlobalMemory.LocalWindow >> 32;
                if (window == GlobalMemory.LocalWindow >> 32)
                {
                    ByteBits.Clear(warp.Memory.LocalWritten, (nuint)(pointers[lane] - warp.Memory.Local) + (nuint)(i * size), size);
                }
                else if (window == GlobalMemory.SharedWindow >> 32)
                {
                    ByteBits.Clear(warp.Memory.Shared.Written, (nuint)(addresses[lane] - GlobalMemory.SharedWindow) + (nuint)(i * size), size);
                }
                else
                {
                    var allocation = warp.Memory.Launch.Memory.Find(addresses[lane])!;
                    ByteBits.Clear(allocation.Written, (nuint)(addresses[lane] - allocation.Address) + (nuint)(i * size), size);
                }
            }
        }
    }

    private void Gather(Warp warp, uint mask, byte* values)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            var from = warp.File + sources[i].Offset;
            var stride = sources[i].Stride;
            var to = values + i * size;
            for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                MemoryAccess.Store(to + lane * 16, from + lane * stride, size);
            }
        }
    }
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>ld</c> and <c>ldu</c>: values narrower than the register are extended, by sign if the type is signed. Compilers copy structures with their padding, so local
/// bytes never written are no fault: the register gets no value, and its first use is one.
/// </summary>
internal sealed unsafe class LoadStep(StateSpace space, Address address, PtxType type, Slot[] destinations, bool strong, bool mayBeLocal) : Step
{
    private readonly int _size = type.Size;
    private readonly bool _signed = type.IsSigned;

    /// <summary>Compiles <c>ld{.modifiers}{.space}{.v2|.v4}.type d, [a]</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 2, 3);
        var type = MemoryOpcodes.Type(at, compiler);
        var vector = MemoryOpcodes.Vector(at);
        var space = MemoryOpcodes.Space(at, compiler);
        var mayBeLocal = space is StateSpace.Local or StateSpace.Parameter or StateSpace.Generic;
        var destinations = mayBeLocal ? compiler.PlaceVector(at, at.Operands[0]) : compiler.WriteVector(at, at.Operands[0]);
        if (destinations.Length != vector) throw compiler.Error(at, $"{at} needs {vector} registers, not {destinations.Length}");
        if (type.Size * vector > 16) throw compiler.Error(at, $"{at} moves more than 16 bytes");
        foreach (var destination in destinations)
            if (destination.Stride < type.Size) throw compiler.Error(at, $"{at}: the register is narrower than the type");
        return new LoadStep(space, Address.Compile(at, at.Operands[1], compiler), type, destinations, MemoryOpcodes.IsStrong(at), mayBeLocal);
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[32];
        var pointers = stackalloc byte*[32];
        address.Fill(warp, mask, addresses);
        if (strong && space is StateSpace.Global or StateSpace.Shared or StateSpace.Generic)
        {
            // Data and what orders it are read together, or a flag could be seen before its release.
            lock (warp.Memory.Launch.OrderingGate)
            {
                MemoryAccess.Run(warp, this, mask, space, addresses, _size * destinations.Length, AccessKind.Read, true, null, pointers);
                Ordering.Acquire(warp, mask, space, addresses);
                Load(warp, mask, pointers);
            }

            return;
        }

        MemoryAccess.Run(warp, this, mask, space, addresses, _size * destinations.Length, AccessKind.Read, strong, null, pointers);
        Load(warp, mask, pointers);
    }

    private void Load(Warp warp, uint mask, byte** pointers)
    {
        if (mayBeLocal) Define(warp, mask, pointers);
        for (var i = 0; i < destinations.Length; i++)
        {
            var to = warp.File + destinations[i].Offset;
            var stride = destinations[i].Stride;
            var from = i * _size;
            if (_size == 4 && stride == 4)
            {
                for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(lanes);
                    ((uint*)to)[lane] = *(uint*)(pointers[lane] + from);
                }

                continue;
            }

            for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                var pointer = pointers[lane] + from;
                if (_size == 16)
                {
                    *(UInt128*)(to + lane * 16) = *(UInt128*)pointer;
                    continue;
                }

                var value = _size switch
                {
                    1 => _signed ? *(sbyte*)pointer : *pointer,
                    2 => _signed ? *(short*)pointer : *(ushort*)pointer,
                    4 => _signed ? *(int*)pointer : *(uint*)pointer,
                    _ => *(long*)pointer,
                };
                if (stride == 4) *(int*)(to + lane * 4) = (int)value;
                else *(long*)(to + lane * stride) = value;
            }
        }
    }

    /// <summary>A register holds a value unless all its bytes come from local memory that was never written.</summary>
    private void Define(Warp warp, uint mask, byte** pointers)
    {
        var block = warp.Memory;
        var bytes = block.LocalBytes == 0 ? 0 : (nuint)block.Threads * (nuint)block.LocalStride;
        var local = bytes == 0 ? null : block.Local;
        for (var i = 0; i < destinations.Length; i++)
        {
            if (destinations[i].Index < 0) continue;
            var undefined = 0u;
            for (var lanes = bytes == 0 ? 0 : mask; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                var place = (nuint)(pointers[lane] - local) + (nuint)(i * _size);
                if (pointers[lane] >= local && place < bytes && ByteBits.NoneSet(block.LocalWritten, place, _size)) undefined |= 1u << lane;
            }

            ref var defined = ref warp.Defined[destinations[i].Index];
            defined = (defined | mask) & ~undefined;
        }
    }
}

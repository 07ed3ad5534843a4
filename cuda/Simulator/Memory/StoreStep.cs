using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>st</c>: stores the low bytes of the registers.</summary>
internal sealed unsafe class StoreStep(StateSpace space, Address address, int size, Slot[] sources, bool strong, bool release, bool blockOnly) : Step
{
    /// <summary>Compiles <c>st{.modifiers}{.space}{.v2|.v4}.type [a], b</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        if (at.Has("async")) throw compiler.Error(at, $"{at} is not known to the simulator");
        MemoryOpcodes.Operands(at, compiler, 2, 3);
        var type = MemoryOpcodes.Type(at, compiler);
        var vector = MemoryOpcodes.Vector(at);
        var address = Address.Compile(at, at.Operands[0], compiler);
        var sources = compiler.ReadVector(at, at.Operands[1], type);
        if (sources.Length != vector) throw compiler.Error(at, $"{at} needs {vector} registers, not {sources.Length}");
        if (type.Size * vector > 16) throw compiler.Error(at, $"{at} moves more than 16 bytes");
        foreach (var source in sources)
            if (source.Stride < type.Size) throw compiler.Error(at, $"{at}: the register is narrower than the type");
        return new StoreStep(MemoryOpcodes.Space(at, compiler), address, type.Size, sources, MemoryOpcodes.IsStrong(at), at.Has("release"), at.Has("cta"));
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
                var source = from + lane * stride;
                var target = to + lane * 16;
                switch (size)
                {
                    case 1:
                        *target = *source;
                        break;
                    case 2:
                        *(ushort*)target = *(ushort*)source;
                        break;
                    case 4:
                        *(uint*)target = *(uint*)source;
                        break;
                    case 8:
                        *(ulong*)target = *(ulong*)source;
                        break;
                    default:
                        *(UInt128*)target = *(UInt128*)source;
                        break;
                }
            }
        }
    }
}

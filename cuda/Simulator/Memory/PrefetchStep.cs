using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>prefetch</c>, <c>prefetchu</c>, <c>applypriority</c> and <c>discard</c>: hints about caches, for addresses the kernel may touch.</summary>
internal sealed unsafe class PrefetchStep(StateSpace space, Address address, bool discards) : Step
{
    private const int LineBytes = 128;

    /// <summary>Compiles <c>prefetch{.space}.level [a]</c>, <c>discard{.global}.L2 [a], 128</c> and the like.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 1, 2);
        return new PrefetchStep(MemoryOpcodes.Space(at, compiler), Address.Compile(at, at.Operands[0], compiler), at.Opcode == "discard");
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        if (space is not (StateSpace.Global or StateSpace.Generic)) return;
        var addresses = stackalloc ulong[32];
        address.Fill(warp, mask, addresses);
        var launch = warp.Memory.Launch;
        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            var target = addresses[lane];
            if (target >> GlobalMemory.AllocationBits == 0 && space == StateSpace.Generic && target >> 32 != 0) continue;
            if (launch.Find(target, discards ? LineBytes : 1) is not { } range)
                throw Report.Fault(KernelFault.OutOfBounds, warp, this, $"{Report.Thread(warp, lane)}: {launch.Explain(target, discards ? LineBytes : 1)}");
            if (discards) ByteBits.Fill(range.Allocation.Written, (nuint)(target - range.Allocation.Address), LineBytes, false);
        }
    }
}

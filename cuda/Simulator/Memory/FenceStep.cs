using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary><c>membar</c> and <c>fence</c>: what the thread did so far is released by its next strong write. Proxy fences order nothing that is modelled here.</summary>
internal sealed class FenceStep(bool blockOnly) : Step
{
    /// <summary>Compiles <c>membar.level</c> and <c>fence{.sc|.acq_rel}.scope</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 0, 2);
        return new FenceStep(at.Has("cta"));
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1) warp.Memory.Clocks.Fence(warp.Index * 32 + BitOperations.TrailingZeroCount(mask), blockOnly);
    }
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Instructions that touch memory or order accesses to it.</summary>
internal static class MemoryOpcodes
{
    /// <summary>Enters them in the table.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        table["ld"] = LoadStep.Compile;
        table["ldu"] = LoadStep.Compile;
        table["st"] = StoreStep.Compile;
        table["atom"] = AtomicStep.Compile;
        table["red"] = AtomicStep.Compile;
        table["mbarrier"] = MBarrierStep.Compile;
        table["cp"] = AsyncCopyStep.Compile;
        table["membar"] = FenceStep.Compile;
        table["fence"] = FenceStep.Compile;
        table["prefetch"] = PrefetchStep.Compile;
        table["prefetchu"] = PrefetchStep.Compile;
        table["discard"] = PrefetchStep.Compile;
        table["applypriority"] = PrefetchStep.Compile;
        table["cvta"] = AddressSpaceStep.CompileConversion;
        table["isspacep"] = AddressSpaceStep.CompileTest;
        table["mapa"] = AddressSpaceStep.CompileMap;
    }

    /// <summary>State space named by an instruction; generic if none is.</summary>
    public static StateSpace Space(Instruction at, StepCompiler compiler)
    {
        foreach (var modifier in at.Modifiers)
        {
            var (space, known) = modifier switch
            {
                "global" => (StateSpace.Global, true),
                "shared" or "shared::cta" => (StateSpace.Shared, true),
                "local" => (StateSpace.Local, true),
                "param" or "param::entry" or "param::func" => (StateSpace.Parameter, true),
                "const" => (StateSpace.Constant, true),
                "shared::cluster" => throw compiler.Error(at, $"{at}: the simulator runs blocks without clusters"),
                _ => (StateSpace.Generic, false),
            };
            if (known) return space;
        }

        return StateSpace.Generic;
    }

    /// <summary>The one type of an instruction.</summary>
    public static PtxType Type(Instruction at, StepCompiler compiler)
    {
        var types = at.Types;
        if (types.Count != 1 || types[0] is PtxType.None or PtxType.Pred) throw compiler.Error(at, $"{at} needs one type");
        return types[0];
    }

    /// <summary>Vector length of an instruction: 1, 2, 4 or 8.</summary>
    public static int Vector(Instruction at) => at.Has("v8") ? 8 : at.Has("v4") ? 4 : at.Has("v2") ? 2 : 1;

    /// <summary>Whether an access is strong: ordered by the memory model, never a race with another strong one.</summary>
    public static bool IsStrong(Instruction at) => at.Has("volatile") || at.Has("relaxed") || at.Has("acquire") || at.Has("release") || at.Has("mmio");

    /// <summary>Throws unless there are this many operands.</summary>
    public static void Operands(Instruction at, StepCompiler compiler, int least, int most)
    {
        if (at.Operands.Count >= least && at.Operands.Count <= most) return;
        throw compiler.Error(at, $"{at} takes {(least == most ? $"{least}" : $"{least} to {most}")} operands, not {at.Operands.Count}");
    }
}

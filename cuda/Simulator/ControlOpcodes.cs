namespace SiaEngine.Cuda.Simulator;

/// <summary>Opcodes that end, stop or delay threads. Branches, calls and returns need to know their place and are compiled by <see cref="KernelCompiler"/>.</summary>
internal static class ControlOpcodes
{
    /// <summary>Adds them.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        BarrierStep.Register(table);
        table["exit"] = static (_, _) => new ControlStep(StepKind.Exit);
        table["trap"] = static (_, _) => new ControlStep(StepKind.Trap);
        table["brkpt"] = static (_, _) => new NoStep();
        table["pmevent"] = static (_, _) => new NoStep();
        table["nanosleep"] = static (instruction, compiler) =>
        {
            if (instruction.Operands.Count != 1) throw compiler.Error(instruction, "nanosleep takes a duration");
            compiler.Read(instruction, instruction.Operands[0], PtxType.U32);
            return new ControlStep(StepKind.Sleep);
        };
    }
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>Compiles one instruction to a step.</summary>
internal delegate Step CompileStep(Instruction instruction, StepCompiler compiler);

/// <summary>Every opcode the simulator knows, each family in a file of its own.</summary>
internal static class Opcodes
{
    private static readonly Dictionary<string, CompileStep> Table = Fill();

    /// <summary>Compiles an instruction.</summary>
    /// <exception cref="PtxException">The opcode is unknown, or its modifiers or operands are wrong.</exception>
    public static Step Compile(Instruction instruction, StepCompiler compiler) =>
        Table.TryGetValue(Key(instruction), out var compile)
            ? compile(instruction, compiler)
            : throw compiler.Error(instruction, $"instruction '{instruction}' is not known to the simulator");

    // bar.warp.sync is an instruction of a warp, the other forms of bar belong to the block.
    private static string Key(Instruction instruction) =>
        instruction.Opcode == "bar" && instruction.Modifiers.Count > 0 && instruction.Modifiers[0] == "warp" ? "bar.warp" : instruction.Opcode;

    private static Dictionary<string, CompileStep> Fill()
    {
        var table = new Dictionary<string, CompileStep>(StringComparer.Ordinal);
        ControlOpcodes.Register(table);
        WarpOpcodes.Register(table);
        TensorCoreOpcodes.Register(table);
        MemoryOpcodes.Register(table);
        AluOpcodes.Register(table);
        return table;
    }
}

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
        Table.TryGetValue(instruction.Opcode, out var compile)
            ? compile(instruction, compiler)
            : throw compiler.Error(instruction, $"instruction '{instruction}' is not known to the simulator");

    private static Dictionary<string, CompileStep> Fill()
    {
        var table = new Dictionary<string, CompileStep>(StringComparer.Ordinal);
        return table;
    }
}

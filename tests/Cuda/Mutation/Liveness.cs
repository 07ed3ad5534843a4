using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>Which instructions compute something that no later instruction reads: changing what they compute changes nothing.</summary>
internal static class Liveness
{
    private static readonly HashSet<string> NoResult = ["st", "red", "bar", "barrier", "membar", "fence", "bra", "brx", "ret", "exit", "trap", "cp", "prefetch", "call", "mma", "stmatrix", "mbarrier", "atom"];

    /// <summary>Places of such instructions.</summary>
    public static HashSet<(int Line, int Column)> Dead(PtxFunction entry)
    {
        var instructions = entry.Instructions;
        var live = new HashSet<PtxRegister>[instructions.Count + 1];
        for (var i = 0; i < live.Length; i++) live[i] = [];
        for (var changed = true; changed;)
        {
            changed = false;
            for (var i = instructions.Count - 1; i >= 0; i--)
            {
                var (defined, used) = Registers(instructions[i]);
                var before = After(instructions, live, i);
                if (instructions[i].Guard is null) before.ExceptWith(defined);
                before.UnionWith(used);
                if (before.Count == live[i].Count) continue;
                live[i] = before;
                changed = true;
            }
        }

        var dead = new HashSet<(int, int)>();
        for (var i = 0; i < instructions.Count; i++)
        {
            var (defined, _) = Registers(instructions[i]);
            if (defined.Count > 0 && !After(instructions, live, i).Overlaps(defined)) dead.Add((instructions[i].Line, instructions[i].Column));
        }

        return dead;
    }

    private static HashSet<PtxRegister> After(IReadOnlyList<Instruction> instructions, HashSet<PtxRegister>[] live, int i)
    {
        var at = instructions[i];
        var after = new HashSet<PtxRegister>();
        if (at.Guard is not null || at.Opcode is not ("bra" or "ret" or "exit")) after.UnionWith(live[i + 1]);
        if (at.Opcode == "bra") after.UnionWith(live[((LabelOperand)at.Operands[0]).Label.Target]);
        return after;
    }

    private static (HashSet<PtxRegister> Defined, HashSet<PtxRegister> Used) Registers(Instruction instruction)
    {
        var (defined, used) = (new HashSet<PtxRegister>(), new HashSet<PtxRegister>());
        if (instruction.Guard is { } guard) used.Add(guard);
        for (var i = 0; i < instruction.Operands.Count; i++) Collect(instruction.Operands[i], i == 0 && !NoResult.Contains(instruction.Opcode) ? defined : used);
        return (defined, used);

        void Collect(Operand? operand, HashSet<PtxRegister> set)
        {
            switch (operand)
            {
                case RegisterOperand register:
                    set.Add(register.Register);
                    if (register.Second is { } second) set.Add(second);
                    break;
                case AddressOperand address:
                    Collect(address.Base, used);
                    break;
                case VectorOperand vector:
                    foreach (var element in vector.Elements) Collect(element, set);
                    break;
            }
        }
    }
}

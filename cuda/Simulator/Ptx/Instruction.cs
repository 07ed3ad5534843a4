namespace SiaEngine.Cuda.Simulator;

/// <summary>One instruction.</summary>
public sealed class Instruction
{
    /// <summary>Opcode before the first dot, as in <c>ld</c>.</summary>
    public required string Opcode { get; init; }

    /// <summary>What follows it, split at the dots, as in <c>global, v4, f32</c>. <c>ld.param::func</c> keeps its colons.</summary>
    public required IReadOnlyList<string> Modifiers { get; init; }

    /// <summary>Operands in order, destinations first as written.</summary>
    public required IReadOnlyList<Operand> Operands { get; init; }

    /// <summary>Guard predicate, or null.</summary>
    public PtxRegister? Guard { get; init; }

    /// <summary>Whether the guard is <c>@!p</c>.</summary>
    public bool GuardNegated { get; init; }

    /// <summary>Line in the assembled text, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column of the opcode, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>Whether a modifier is present.</summary>
    public bool Has(string modifier)
    {
        for (var i = 0; i < Modifiers.Count; i++)
            if (Modifiers[i] == modifier) return true;
        return false;
    }

    /// <summary>The types among the modifiers, in order: destination first where an instruction has several.</summary>
    public IReadOnlyList<PtxType> Types
    {
        get
        {
            var types = new List<PtxType>();
            for (var i = 0; i < Modifiers.Count; i++)
                if (PtxTypes.Parse(Modifiers[i]) is var type and not PtxType.None) types.Add(type);
            return types;
        }
    }

    /// <summary>Opcode with modifiers, as in <c>ld.global.v4.f32</c>.</summary>
    public override string ToString() => Modifiers.Count == 0 ? Opcode : $"{Opcode}.{string.Join('.', Modifiers)}";
}

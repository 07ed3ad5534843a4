namespace SiaEngine.Cuda.Simulator;

/// <summary>Compiles the instructions by which lanes of a warp talk: <c>shfl vote match redux elect activemask bar.warp.sync</c>.</summary>
internal static class WarpOpcodes
{
    /// <summary>Adds the family to the table.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        table.Add("shfl", Shuffle);
        table.Add("vote", Vote);
        table.Add("match", Match);
        table.Add("redux", Redux);
        table.Add("elect", Elect);
        table.Add("bar.warp", WarpBarrier);
        table.Add("activemask", static (at, compiler) => new ActiveMaskStep(compiler.Write(at, Operand(at, compiler, 0))));
    }

    private static WarpBarrierStep WarpBarrier(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        var (members, constant) = Members(at, compiler, 0);
        return new WarpBarrierStep(members, constant);
    }

    private static ShuffleStep Shuffle(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        var mode = at.Has("up") ? ShuffleMode.Up
            : at.Has("down") ? ShuffleMode.Down
            : at.Has("bfly") ? ShuffleMode.Butterfly
            : at.Has("idx") ? ShuffleMode.Index
            : throw compiler.Error(at, $"{at} needs a mode: .up .down .bfly or .idx");
        if (!at.Has("b32")) throw compiler.Error(at, $"{at} moves .b32 only");
        var (value, inRange) = Destination(at, compiler);
        // Source and destination are not recorded as read and written: a lane needs a value only where it is read, and may receive none.
        var source = Operand(at, compiler, 1) is RegisterOperand register
            ? compiler.Place(register.Register)
            : compiler.Read(at, Operand(at, compiler, 1), PtxType.B32);
        var lane = compiler.Read(at, Operand(at, compiler, 2), PtxType.B32);
        var clamp = compiler.Read(at, Operand(at, compiler, 3), PtxType.B32);
        var (members, constant) = Members(at, compiler, 4);
        return new ShuffleStep(mode, value, inRange, source, lane, clamp, members, constant, Constant(at.Operands[2]), Constant(at.Operands[3]));
    }

    private static (Slot Value, Slot? InRange) Destination(Instruction at, StepCompiler compiler) => Operand(at, compiler, 0) switch
    {
        SinkOperand => (compiler.Scratch(4), null),
        RegisterOperand { Negated: false } r when r.Register.Type != PtxType.Pred =>
            (compiler.Place(r.Register), r.Second is { } second ? compiler.Write(second) : null),
        _ => throw compiler.Error(at, $"{at} writes a 32-bit register"),
    };

    private static VoteStep Vote(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        var mode = at.Has("ballot") ? VoteMode.Ballot
            : at.Has("all") ? VoteMode.All
            : at.Has("any") ? VoteMode.Any
            : at.Has("uni") ? VoteMode.Uniform
            : throw compiler.Error(at, $"{at} needs a mode: .all .any .uni or .ballot");
        var result = compiler.Write(at, Operand(at, compiler, 0));
        var (predicate, negated) = compiler.ReadPredicate(at, Operand(at, compiler, 1));
        var (members, constant) = Members(at, compiler, 2);
        return new VoteStep(mode, result, predicate, negated, members, constant);
    }

    private static MatchStep Match(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        var wide = at.Has("b64");
        if (!wide && !at.Has("b32")) throw compiler.Error(at, $"{at} compares .b32 or .b64");
        if (at.Has("any") == at.Has("all")) throw compiler.Error(at, $"{at} needs a mode: .any or .all");
        var target = Operand(at, compiler, 0);
        var result = compiler.Write(at, target);
        Slot? same = target is RegisterOperand { Second: { } second } ? compiler.Write(second) : null;
        var value = compiler.Read(at, Operand(at, compiler, 1), wide ? PtxType.B64 : PtxType.B32);
        var (members, constant) = Members(at, compiler, 2);
        return new MatchStep(at.Has("all"), result, same, value, wide, members, constant);
    }

    private static ReduceSyncStep Redux(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        string? operation = null;
        foreach (var modifier in at.Modifiers)
            if (modifier is "add" or "min" or "max" or "and" or "or" or "xor") operation = modifier;
        if (operation is null) throw compiler.Error(at, $"{at} needs an operation: .add .min .max .and .or or .xor");
        if (at.Types is not [PtxType.U32 or PtxType.S32 or PtxType.B32]) throw compiler.Error(at, $"{at} reduces .u32, .s32 or .b32");
        var result = compiler.Write(at, Operand(at, compiler, 0));
        var value = compiler.Read(at, Operand(at, compiler, 1), PtxType.B32);
        var (members, constant) = Members(at, compiler, 2);
        return new ReduceSyncStep(operation, at.Has("s32"), result, value, members, constant);
    }

    private static ElectStep Elect(Instruction at, StepCompiler compiler)
    {
        RequireSync(at, compiler);
        var (number, predicate) = Operand(at, compiler, 0) switch
        {
            RegisterOperand { Negated: false } r => (r.Register, r.Second),
            SinkOperand s => (null, s.Second),
            _ => (null, null),
        };
        if (predicate is not { Type: PtxType.Pred }) throw compiler.Error(at, $"{at} writes a predicate: d|p or _|p");
        Slot? leader = number is null ? null : compiler.Write(number);
        var leads = compiler.Write(predicate);
        var (members, constant) = Members(at, compiler, 1);
        return new ElectStep(leader, leads, members, constant);
    }

    private static void RequireSync(Instruction at, StepCompiler compiler)
    {
        if (!at.Has("sync")) throw compiler.Error(at, $"{at} was removed with sm_70; use {at.Opcode}.sync and a member mask");
    }

    private static (Slot Slot, uint? Constant) Members(Instruction at, StepCompiler compiler, int index)
    {
        var operand = Operand(at, compiler, index);
        return (compiler.Read(at, operand, PtxType.B32), Constant(operand));
    }

    private static uint? Constant(Operand operand) => operand is IntegerOperand integer ? (uint)integer.Bits : null;

    private static Operand Operand(Instruction at, StepCompiler compiler, int index) =>
        index < at.Operands.Count ? at.Operands[index] : throw compiler.Error(at, $"{at} has {at.Operands.Count} operands, too few");
}

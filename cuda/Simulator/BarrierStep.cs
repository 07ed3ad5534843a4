namespace SiaEngine.Cuda.Simulator;

/// <summary>What a block barrier does besides counting threads.</summary>
internal enum BarrierOp : byte
{
    /// <summary>Waits.</summary>
    Sync,

    /// <summary>Is counted and goes on.</summary>
    Arrive,

    /// <summary>Waits; gives the number of threads whose predicate is true.</summary>
    Popc,

    /// <summary>Waits; gives whether all predicates are true.</summary>
    And,

    /// <summary>Waits; gives whether any predicate is true.</summary>
    Or,
}

/// <summary><c>bar.{sync,arrive,red}</c> and <c>barrier.{sync,arrive,red}[.aligned]</c> (PTX ISA 8.4, 9.7.13.1).</summary>
internal sealed class BarrierStep : ControlStep
{
    private readonly Slot _id, _count, _result, _predicate;
    private readonly bool _negated;

    private BarrierStep(BarrierOp op, bool aligned, Slot id, Slot? count, Slot? result, (Slot Slot, bool Negated)? predicate)
        : base(StepKind.Barrier)
    {
        (Op, Aligned, _id, HasCount) = (op, aligned, id, count is not null);
        (_count, _result) = (count ?? new Slot(0, 0, -1), result ?? default);
        (_predicate, _negated) = predicate ?? default;
    }

    /// <summary>What it does.</summary>
    public BarrierOp Op { get; }

    /// <summary>Whether all lanes of a warp must come together.</summary>
    public bool Aligned { get; }

    /// <summary>Whether a number of threads is given.</summary>
    public bool HasCount { get; }

    /// <summary>Adds <c>bar</c>, except <c>bar.warp</c>, and <c>barrier</c>.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        table["bar"] = static (instruction, compiler) => Compile(instruction, compiler, aligned: true);
        table["barrier"] = static (instruction, compiler) => Compile(instruction, compiler, instruction.Has("aligned"));
    }

    /// <summary>Number of the barrier.</summary>
    public uint Id(Warp warp, int lane) => warp.Lane<uint>(_id, lane);

    /// <summary>Number of threads; 0 if none is given.</summary>
    public uint Count(Warp warp, int lane) => HasCount ? warp.Lane<uint>(_count, lane) : 0;

    /// <summary>Lanes of <paramref name="mask"/> that name the barrier and the number of threads that <paramref name="lane"/> names.</summary>
    public uint Same(Warp warp, uint mask, int lane)
    {
        if (_id.Index < 0 && _count.Index < 0) return mask;
        var (id, count, same) = (Id(warp, lane), Count(warp, lane), 0u);
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var other = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (Id(warp, other) == id && Count(warp, other) == count) same |= 1u << other;
        }

        return same;
    }

    /// <summary>Lanes of <paramref name="mask"/> whose predicate is true.</summary>
    public uint True(Warp warp, uint mask) => mask & (_negated ? ~warp.Predicate(_predicate) : warp.Predicate(_predicate));

    /// <summary>Gives the lanes of <paramref name="mask"/> the result of a reduction.</summary>
    public void Finish(Warp warp, uint mask, int trues, int threads)
    {
        switch (Op)
        {
            case BarrierOp.Popc:
                for (var rest = mask; rest != 0; rest &= rest - 1) warp.Lane<int>(_result, System.Numerics.BitOperations.TrailingZeroCount(rest)) = trues;
                break;
            case BarrierOp.And:
                warp.SetPredicate(_result, mask, trues == threads ? ~0u : 0);
                break;
            case BarrierOp.Or:
                warp.SetPredicate(_result, mask, trues > 0 ? ~0u : 0);
                break;
            default:
                return;
        }

        foreach (var register in Writes) warp.SetDefined(register, mask);
    }

    private static BarrierStep Compile(Instruction at, StepCompiler compiler, bool aligned)
    {
        if (at.Has("cluster")) throw compiler.Error(at, "barriers of a cluster are not known to the simulator");
        if (at.Has("sync") || at.Has("arrive"))
        {
            if (at.Operands.Count is < 1 or > 2 || (at.Has("arrive") && at.Operands.Count != 2))
                throw compiler.Error(at, $"{at} takes a barrier{(at.Has("arrive") ? " and a number of threads" : " and perhaps a number of threads")}");
            return new BarrierStep(at.Has("sync") ? BarrierOp.Sync : BarrierOp.Arrive, aligned, compiler.Read(at, at.Operands[0], PtxType.U32),
                at.Operands.Count > 1 ? compiler.Read(at, at.Operands[1], PtxType.U32) : null, null, null);
        }

        var op = at.Has("popc") ? BarrierOp.Popc : at.Has("and") ? BarrierOp.And : at.Has("or") ? BarrierOp.Or : BarrierOp.Sync;
        if (!at.Has("red") || op == BarrierOp.Sync || at.Operands.Count is < 3 or > 4)
            throw compiler.Error(at, $"{at}: not a form of {at.Opcode} (sync, arrive, red.popc.u32, red.and.pred, red.or.pred)");
        var id = compiler.Read(at, at.Operands[1], PtxType.U32);
        Slot? count = at.Operands.Count > 3 ? compiler.Read(at, at.Operands[2], PtxType.U32) : null;
        var predicate = compiler.ReadPredicate(at, at.Operands[^1]);
        return new BarrierStep(op, aligned, id, count, compiler.Write(at, at.Operands[0]), predicate);
    }
}

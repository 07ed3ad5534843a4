using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Generic addresses and those of a state space: <c>cvta</c>, <c>isspacep</c>, <c>mapa</c>.</summary>
internal sealed class AddressSpaceStep : Step
{
    private readonly Slot _destination;
    private readonly Slot _source;
    private readonly ulong _add;
    private readonly StateSpace? _test;

    private AddressSpaceStep(Slot destination, Slot source, ulong add, StateSpace? test) => (_destination, _source, _add, _test) = (destination, source, add, test);

    /// <summary>Compiles <c>cvta{.to}.space.u64 d, a</c>.</summary>
    public static Step CompileConversion(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 2, 2);
        if (MemoryOpcodes.Type(at, compiler).Size != 8) throw compiler.Error(at, $"{at}: addresses have 64 bits");
        var source = compiler.Read(at, Plain(at.Operands[1]), PtxType.U64);
        var destination = compiler.Write(at, at.Operands[0]);
        if (destination.Stride != 8 || source.Stride != 8) throw compiler.Error(at, $"{at} takes registers of 64 bits");
        var window = Window(MemoryOpcodes.Space(at, compiler));
        return new AddressSpaceStep(destination, source, at.Has("to") ? 0 - window : window, null);
    }

    /// <summary>Compiles <c>isspacep.space p, a</c>.</summary>
    public static Step CompileTest(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 2, 2);
        var source = compiler.Read(at, Plain(at.Operands[1]), PtxType.U64);
        var destination = compiler.Write(at, at.Operands[0]);
        if (destination.Stride != 0) throw compiler.Error(at, $"{at} writes a predicate");
        return new AddressSpaceStep(destination, source, 0, MemoryOpcodes.Space(at, compiler));
    }

    /// <summary>Compiles <c>mapa{.space}.type d, a, rank</c>: a block is its own cluster, so only rank 0 exists and the address stays.</summary>
    public static Step CompileMap(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 3, 3);
        if (at.Operands[2] is not IntegerOperand { Bits: 0 }) throw compiler.Error(at, $"{at}: the simulator runs blocks without clusters, only rank 0 exists");
        var type = MemoryOpcodes.Type(at, compiler);
        var source = compiler.Read(at, Plain(at.Operands[1]), type);
        return new AddressSpaceStep(compiler.Write(at, at.Operands[0]), source, 0, null);
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        uint inside = 0;
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            var address = _source.Stride == 8 ? warp.Lane<ulong>(_source, lane) : warp.Lane<uint>(_source, lane);
            if (_test is { } space)
            {
                var found = SpaceOf(warp, address);
                if (found == space) inside |= 1u << lane;
            }
            else if (_destination.Stride == 8)
            {
                warp.Lane<ulong>(_destination, lane) = address + _add;
            }
            else
            {
                warp.Lane<uint>(_destination, lane) = (uint)address;
            }
        }

        if (_test is not null) warp.SetPredicate(_destination, mask, inside);
    }

    private static StateSpace SpaceOf(Warp warp, ulong address) => (address >> 32) switch
    {
        GlobalMemory.SharedWindow >> 32 => StateSpace.Shared,
        GlobalMemory.LocalWindow >> 32 => StateSpace.Local,
        GlobalMemory.ParameterWindow >> 32 => StateSpace.Parameter,
        _ => warp.Memory.Launch.Memory.Find(address) is { ReadOnly: true } ? StateSpace.Constant : StateSpace.Global,
    };

    private static ulong Window(StateSpace space) => space switch
    {
        StateSpace.Shared => GlobalMemory.SharedWindow,
        StateSpace.Local => GlobalMemory.LocalWindow,
        StateSpace.Parameter => GlobalMemory.ParameterWindow,
        _ => 0,
    };

    private static Operand Plain(Operand operand) => operand is AddressOperand { Base: { } inner, Offset: 0 } ? inner : operand;
}

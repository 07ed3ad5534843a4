using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>mbarrier</c> of sm_80 in shared memory. The object is 64 bits: arrivals missing in this phase (20 bits), arrivals per phase (20 bits), number of the phase; a state
/// is the object before the arrival.
/// </summary>
internal sealed unsafe class MBarrierStep : Step
{
    private const ulong CountMask = (1 << 20) - 1;

    private readonly MBarrierOperation _operation;
    private readonly StateSpace _space;
    private readonly Address _address;
    private readonly Slot _destination;
    private readonly Slot _operand;
    private readonly bool _hasCount;

    private MBarrierStep(MBarrierOperation operation, StateSpace space, Address address, Slot destination, Slot operand, bool hasCount) =>
        (_operation, _space, _address, _destination, _operand, _hasCount) = (operation, space, address, destination, operand, hasCount);

    /// <summary>Compiles <c>mbarrier.init</c>, <c>inval</c>, <c>arrive</c>, <c>arrive_drop</c>, <c>test_wait</c>, <c>try_wait</c> and <c>pending_count</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler)
    {
        if (at.Has("expect_tx") || at.Has("complete_tx") || at.Has("shared::cluster")) throw compiler.Error(at, $"instruction '{at}' is not known to the simulator");
        var space = MemoryOpcodes.Space(at, compiler);
        var name = at.Modifiers.Count > 0 ? at.Modifiers[0] : "";
        switch (name)
        {
            case "init":
                MemoryOpcodes.Operands(at, compiler, 2, 2);
                return new MBarrierStep(MBarrierOperation.Init, space, Address.Compile(at, at.Operands[0], compiler), default, compiler.Read(at, at.Operands[1], PtxType.U32), true);
            case "inval":
                MemoryOpcodes.Operands(at, compiler, 1, 1);
                return new MBarrierStep(MBarrierOperation.Invalidate, space, Address.Compile(at, at.Operands[0], compiler), default, default, false);
            case "arrive" or "arrive_drop":
                MemoryOpcodes.Operands(at, compiler, 2, 3);
                var count = at.Operands.Count == 3 ? compiler.Read(at, at.Operands[2], PtxType.U32) : default;
                return new MBarrierStep(name == "arrive" ? MBarrierOperation.Arrive : MBarrierOperation.ArriveDrop, space, Address.Compile(at, at.Operands[1], compiler),
                    compiler.Write(at, at.Operands[0]), count, at.Operands.Count == 3);
            case "test_wait" or "try_wait":
                MemoryOpcodes.Operands(at, compiler, 3, 4);
                var parity = at.Has("parity");
                var address = Address.Compile(at, at.Operands[1], compiler);
                var state = compiler.Read(at, at.Operands[2], parity ? PtxType.U32 : PtxType.U64);
                if (at.Operands.Count == 4) compiler.Read(at, at.Operands[3], PtxType.U32);
                return new MBarrierStep(parity ? MBarrierOperation.TestParity : MBarrierOperation.Test, space, address, compiler.Write(at, at.Operands[0]), state, false);
            case "pending_count":
                MemoryOpcodes.Operands(at, compiler, 2, 2);
                var source = compiler.Read(at, at.Operands[1], PtxType.U64);
                return new MBarrierStep(MBarrierOperation.PendingCount, space, default, compiler.Write(at, at.Operands[0]), source, false);
            default:
                throw compiler.Error(at, $"instruction '{at}' is not known to the simulator");
        }
    }

    /// <summary>Compiles <c>cp.async.mbarrier.arrive{.noinc}</c>.</summary>
    public static Step CompileCopyArrive(Instruction at, StepCompiler compiler)
    {
        MemoryOpcodes.Operands(at, compiler, 1, 1);
        return new MBarrierStep(at.Has("noinc") ? MBarrierOperation.CopyArrive : MBarrierOperation.CopyArriveIncrement, MemoryOpcodes.Space(at, compiler),
            Address.Compile(at, at.Operands[0], compiler), default, default, false);
    }

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        for (var lanes = mask; lanes != 0; lanes &= lanes - 1) Execute(warp, BitOperations.TrailingZeroCount(lanes));
    }

    private void Execute(Warp warp, int lane)
    {
        if (_operation == MBarrierOperation.PendingCount)
        {
            warp.Lane<uint>(_destination, lane) = (uint)(warp.Lane<ulong>(_operand, lane) & CountMask);
            return;
        }

        var addresses = stackalloc ulong[32];
        var pointers = stackalloc byte*[32];
        var bit = 1u << lane;
        _address.Fill(warp, bit, addresses);
        var value = addresses[lane];
        if (_space == StateSpace.Generic && value >> 32 != GlobalMemory.SharedWindow >> 32)
            throw Report.Fault(KernelFault.Forbidden, warp, this, $"{Report.Thread(warp, lane)}: 0x{value:x} is not an address of shared memory");
        var tests = _operation is MBarrierOperation.Test or MBarrierOperation.TestParity;
        var plain = _operation is MBarrierOperation.Init or MBarrierOperation.Invalidate;
        MemoryAccess.Run(warp, this, bit, _space, addresses, 8, plain ? AccessKind.Write : tests ? AccessKind.Read : AccessKind.Atomic, !plain, null, pointers);
        var state = (ulong*)pointers[lane];
        switch (_operation)
        {
            case MBarrierOperation.Init:
                var count = warp.Lane<uint>(_operand, lane);
                if (count is 0 or > (uint)CountMask) throw Report.Fault(KernelFault.Forbidden, warp, this, $"{Report.Thread(warp, lane)}: {count} arrivals; 1 to {CountMask} are possible");
                *state = count | (ulong)count << 20;
                break;
            case MBarrierOperation.Invalidate:
                ByteBits.Fill(warp.Memory.Shared.Written, (nuint)((byte*)state - warp.Memory.Shared.Data), 8, false);
                break;
            case MBarrierOperation.Test or MBarrierOperation.TestParity:
                var phase = *state >> 40;
                var done = _operation == MBarrierOperation.Test ? warp.Lane<ulong>(_operand, lane) >> 40 != phase : (phase & 1) != (warp.Lane<uint>(_operand, lane) & 1);
                warp.SetPredicate(_destination, bit, done ? bit : 0);
                if (!done) break;
                Ordering.Acquire(warp, bit, _space, addresses);
                warp.Memory.Copies.LandAt(warp, Offset(warp, state));
                break;
            default:
                Arrive(warp, lane, state, addresses);
                break;
        }
    }

    private void Arrive(Warp warp, int lane, ulong* state, ulong* addresses)
    {
        var before = *state;
        var (missing, expected, phase) = (before & CountMask, before >> 20 & CountMask, before >> 40);
        var count = _hasCount ? warp.Lane<uint>(_operand, lane) : 1u;
        if (_operation == MBarrierOperation.CopyArriveIncrement) missing++;
        if (count > missing || count == 0)
            throw Report.Fault(KernelFault.Barrier, warp, this, $"{Report.Thread(warp, lane)} arrives {count} times at an mbarrier that misses {missing} arrivals");
        if (_operation is MBarrierOperation.CopyArrive or MBarrierOperation.CopyArriveIncrement) warp.Memory.Copies.Bind(warp.Index * 32 + lane, Offset(warp, state));
        Ordering.Release(warp, 1u << lane, _space, addresses, release: true, blockOnly: true);
        if (_operation == MBarrierOperation.ArriveDrop) expected -= count;
        missing -= count;
        if (missing == 0) (missing, phase) = (expected, phase + 1);
        *state = missing | expected << 20 | phase << 40;
        if (_operation is MBarrierOperation.Arrive or MBarrierOperation.ArriveDrop) warp.Lane<ulong>(_destination, lane) = before;
    }

    private static int Offset(Warp warp, ulong* state) => (int)((byte*)state - warp.Memory.Shared.Data);
}

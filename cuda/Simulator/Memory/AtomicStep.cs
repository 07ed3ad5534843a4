using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// <c>atom</c> and <c>red</c>: lanes update one after the other, in the order of their numbers. Their reads acquire; they release after a fence, or with
/// <c>.release</c> or <c>.acq_rel</c>.
/// </summary>
internal sealed unsafe class AtomicStep : Step
{
    private readonly StateSpace _space;
    private readonly Address _address;
    private readonly AtomicOperation _operation;
    private readonly PtxType _type;
    private readonly Slot? _destination;
    private readonly Slot _value;
    private readonly Slot _swap;
    private readonly bool _release;
    private readonly bool _blockOnly;

    private AtomicStep(Instruction at, StepCompiler compiler)
    {
        _space = MemoryOpcodes.Space(at, compiler);
        if (_space is StateSpace.Local or StateSpace.Parameter or StateSpace.Constant) throw compiler.Error(at, $"{at}: atomics work on global and shared memory");
        _type = MemoryOpcodes.Type(at, compiler);
        _operation = Operation(at, compiler);
        if (!Fits(_operation, _type) || MemoryOpcodes.Vector(at) != 1) throw compiler.Error(at, $"{at}: this operation does not exist for this type");
        var first = at.Opcode == "atom" ? 1 : 0;
        var count = first + (_operation == AtomicOperation.Cas ? 3 : 2);
        MemoryOpcodes.Operands(at, compiler, count, at.Has("L2::cache_hint") ? count + 1 : count);
        _address = Address.Compile(at, at.Operands[first], compiler);
        _value = Wide(at, compiler, compiler.Read(at, at.Operands[first + 1], _type));
        _swap = _operation == AtomicOperation.Cas ? Wide(at, compiler, compiler.Read(at, at.Operands[first + 2], _type)) : _value;
        _destination = first == 1 && at.Operands[0] is not SinkOperand ? Wide(at, compiler, compiler.Write(at, at.Operands[0])) : null;
        (_release, _blockOnly) = (at.Has("release") || at.Has("acq_rel"), at.Has("cta"));
    }

    /// <inheritdoc/>
    public override int FlopsPerLane => _operation == AtomicOperation.Add ? _type switch
    {
        PtxType.F32 or PtxType.F64 or PtxType.F16 or PtxType.BF16 => 1,
        PtxType.F16X2 or PtxType.BF16X2 => 2,
        _ => 0,
    } : 0;

    /// <summary>Compiles <c>atom{.modifiers}{.space}.op.type d, [a], b{, c}</c> and <c>red</c>.</summary>
    public static Step Compile(Instruction at, StepCompiler compiler) => new AtomicStep(at, compiler);

    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
        var addresses = stackalloc ulong[32];
        var pointers = stackalloc byte*[32];
        _address.Fill(warp, mask, addresses);
        lock (warp.Memory.Launch.OrderingGate)
        {
            MemoryAccess.Run(warp, this, mask, _space, addresses, _type.Size, AccessKind.Atomic, true, null, pointers);
            Ordering.Acquire(warp, mask, _space, addresses);
            for (var lanes = mask; lanes != 0; lanes &= lanes - 1)
            {
                var lane = BitOperations.TrailingZeroCount(lanes);
                if (_space == StateSpace.Generic && addresses[lane] >> 32 is GlobalMemory.LocalWindow >> 32 or GlobalMemory.ParameterWindow >> 32)
                    throw Report.Fault(KernelFault.Forbidden, warp, this, $"{Report.Thread(warp, lane)} updates 0x{addresses[lane]:x}, which is not global or shared memory");
                if (_type.Size == 16) Update128(warp, lane, (UInt128*)pointers[lane]);
                else Update(warp, lane, pointers[lane], _space == StateSpace.Global || (_space == StateSpace.Generic && addresses[lane] >> 32 != GlobalMemory.SharedWindow >> 32));
            }

            Ordering.Release(warp, mask, _space, addresses, _release, _blockOnly);
        }
    }

    private void Update(Warp warp, int lane, byte* pointer, bool global)
    {
        var size = _type.Size;
        var old = size switch { 2 => *(ushort*)pointer, 4 => *(uint*)pointer, _ => *(ulong*)pointer };
        var value = Bits(warp, _value, lane, size);
        var result = _operation == AtomicOperation.Cas
            ? old == value ? Bits(warp, _swap, lane, size) : old
            : Atomics.Combine(_operation, _type, old, value, flush: global);
        switch (size)
        {
            case 2:
                *(ushort*)pointer = (ushort)result;
                break;
            case 4:
                *(uint*)pointer = (uint)result;
                break;
            default:
                *(ulong*)pointer = result;
                break;
        }

        if (_destination is not { } destination) return;
        if (destination.Stride == 4) warp.Lane<uint>(destination, lane) = (uint)old;
        else warp.Lane<ulong>(destination, lane) = old;
    }

    private void Update128(Warp warp, int lane, UInt128* pointer)
    {
        var old = *pointer;
        var value = warp.Lane<UInt128>(_value, lane);
        if (_operation == AtomicOperation.Exch) *pointer = value;
        else if (old == value) *pointer = warp.Lane<UInt128>(_swap, lane);
        if (_destination is { } destination) warp.Lane<UInt128>(destination, lane) = old;
    }

    private static ulong Bits(Warp warp, Slot slot, int lane, int size) => size switch
    {
        2 => warp.Lane<ushort>(slot, lane),
        4 => warp.Lane<uint>(slot, lane),
        _ => warp.Lane<ulong>(slot, lane),
    };

    private Slot Wide(Instruction at, StepCompiler compiler, Slot slot) =>
        slot.Stride >= _type.Size ? slot : throw compiler.Error(at, $"{at}: an operand is narrower than the type");

    private static AtomicOperation Operation(Instruction at, StepCompiler compiler)
    {
        foreach (var modifier in at.Modifiers)
        {
            switch (modifier)
            {
                case "add": return AtomicOperation.Add;
                case "min": return AtomicOperation.Min;
                case "max": return AtomicOperation.Max;
                case "inc": return AtomicOperation.Inc;
                case "dec": return AtomicOperation.Dec;
                case "and": return AtomicOperation.And;
                case "or": return AtomicOperation.Or;
                case "xor": return AtomicOperation.Xor;
                case "exch": return AtomicOperation.Exch;
                case "cas": return AtomicOperation.Cas;
                default: continue;
            }
        }

        throw compiler.Error(at, $"{at} names no operation");
    }

    private static bool Fits(AtomicOperation operation, PtxType type) => operation switch
    {
        AtomicOperation.Add => type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64 || type.IsFloat && type != PtxType.TF32,
        AtomicOperation.Min or AtomicOperation.Max => type is PtxType.U32 or PtxType.S32 or PtxType.U64 or PtxType.S64,
        AtomicOperation.Inc or AtomicOperation.Dec => type is PtxType.U32,
        AtomicOperation.Exch => type is PtxType.B32 or PtxType.B64 or PtxType.B128,
        AtomicOperation.Cas => type is PtxType.B16 or PtxType.B32 or PtxType.B64 or PtxType.B128,
        _ => type is PtxType.B32 or PtxType.B64,
    };
}

using System.Numerics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Address of a memory operand: a register or a constant, plus a constant.</summary>
/// <param name="Slot">The register, 4 or 8 bytes wide, or the constant.</param>
/// <param name="Offset">Bytes added.</param>
/// <param name="IsConstant">Whether every lane has the same address, known before the kernel runs.</param>
internal readonly record struct Address(Slot Slot, long Offset, bool IsConstant)
{
    /// <summary>Address of an operand in brackets.</summary>
    public static Address Compile(Instruction at, Operand operand, StepCompiler compiler)
    {
        if (operand is not AddressOperand address) throw compiler.Error(at, $"{at} takes an address in brackets here");
        switch (address.Base)
        {
            case RegisterOperand register:
                if (register.Register.Type.Size is not (4 or 8)) throw compiler.Error(at, $"{register.Register.Name} is not wide enough for an address");
                return new Address(compiler.Read(at, register, PtxType.U64), address.Offset, false);
            case null:
                return new Address(compiler.Read(at, new IntegerOperand((ulong)address.Offset), PtxType.U64), 0, true);
            default:
                return new Address(compiler.Read(at, address.Base, PtxType.U64), address.Offset, true);
        }
    }

    /// <summary>Addresses of the lanes in a mask.</summary>
    public unsafe void Fill(Warp warp, uint mask, ulong* addresses)
    {
        var file = warp.File + Slot.Offset;
        if (mask == uint.MaxValue)
        {
            if (Slot.Stride == 8)
                for (var lane = 0; lane < 32; lane++) addresses[lane] = ((ulong*)file)[lane] + (ulong)Offset;
            else
                for (var lane = 0; lane < 32; lane++) addresses[lane] = (uint)(((uint*)file)[lane] + (ulong)Offset);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            var lane = BitOperations.TrailingZeroCount(mask);
            addresses[lane] = Slot.Stride == 8 ? *(ulong*)(file + lane * 8) + (ulong)Offset : (uint)(*(uint*)(file + lane * 4) + (ulong)Offset);
        }
    }
}

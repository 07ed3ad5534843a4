using System.Numerics;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>mov: registers, constants, addresses, special registers, predicates; packing of 2 or 4 registers into one and back.</summary>
internal static class Move
{
    /// <summary>Compiles <c>mov</c>.</summary>
    public static Step Compile(Form form)
    {
        if (form.FirstType == PtxType.Pred) return Bitwise.MovePredicate(form);
        form.Allow();
        form.Count(2);
        var type = form.Type(PtxType.B16, PtxType.B32, PtxType.B64, PtxType.B128, PtxType.U16, PtxType.U32, PtxType.U64, PtxType.S16, PtxType.S32,
            PtxType.S64, PtxType.F32, PtxType.F64);
        if (form.At.Operands[1] is VectorOperand from) return Pack(form, type, from);
        if (form.At.Operands[0] is VectorOperand to) return Unpack(form, type, to);
        Slot d = form.Out(0, type), a = form.In(1, type);
        if (a.Index >= 0 && d.Index >= 0)
        {
            // A register without a value may be moved: compilers do so where ways meet on which nothing was assigned.
            form.Compiler.TakeReads();
            form.Compiler.TakeWrites();
            return new CopyStep(d, a, type.Size);
        }

        if (d.Stride == a.Stride && d.Stride == 4) return new VectorUnaryStep<uint, Same<uint>>(d, a, 0);
        if (d.Stride == a.Stride && d.Stride == 8) return new VectorUnaryStep<ulong, Same<ulong>>(d, a, 0);
        return type.Size switch
        {
            2 => new MapStep<ushort, ushort, Same<ushort>>(d, a),
            4 => new MapStep<uint, uint, Same<uint>>(d, a),
            8 => new MapStep<ulong, ulong, Same<ulong>>(d, a),
            _ => new MapStep<UInt128, UInt128, Same<UInt128>>(d, a),
        };
    }

    private static Step Pack(Form form, PtxType type, VectorOperand vector)
    {
        var part = Part(form, type, vector);
        var d = form.Out(0, type);
        var parts = new Slot[vector.Elements.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var element = vector.Elements[i] ?? throw form.Error($"{form.At} reads this operand, '_' has no value");
            form.CheckSource(element, part, exactSize: true);
            parts[i] = form.Compiler.Read(form.At, element, part);
        }

        return part.Size switch
        {
            1 => new PackStep<byte>(d, parts, false),
            2 => new PackStep<ushort>(d, parts, false),
            4 => new PackStep<uint>(d, parts, false),
            _ => new PackStep<ulong>(d, parts, false),
        };
    }

    private static Step Unpack(Form form, PtxType type, VectorOperand vector)
    {
        var part = Part(form, type, vector);
        var a = form.In(1, type);
        if (type.Size > Math.Max(4, a.Stride)) throw form.Error($"{form.At} reads {type.Size} bytes, the source has {a.Stride}");
        var parts = new Slot[vector.Elements.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            if (vector.Elements[i] is RegisterOperand element) form.CheckSource(element, part, exactSize: true);
            parts[i] = vector.Elements[i] is { } operand ? form.Compiler.Write(form.At, operand) : form.Compiler.Scratch(8);
        }

        return part.Size switch
        {
            1 => new PackStep<byte>(a, parts, true),
            2 => new PackStep<ushort>(a, parts, true),
            4 => new PackStep<uint>(a, parts, true),
            _ => new PackStep<ulong>(a, parts, true),
        };
    }

    private static PtxType Part(Form form, PtxType type, VectorOperand vector)
    {
        if (type is not (PtxType.B16 or PtxType.B32 or PtxType.B64 or PtxType.B128)) throw form.Error($"{form.At} packs and unpacks .b16, .b32, .b64 and .b128");
        if (vector.Elements.Count is not (2 or 4)) throw form.Error($"{form.At} takes 2 or 4 registers in braces, {vector.Elements.Count} given");
        return (type.Size / vector.Elements.Count) switch
        {
            1 => PtxType.B8,
            2 => PtxType.B16,
            4 => PtxType.B32,
            8 => PtxType.B64,
            _ => throw form.Error($"{form.At} cannot be cut in {vector.Elements.Count} parts"),
        };
    }

    /// <summary>a.</summary>
    public readonly struct Same<T> : IVectorUnary<T> where T : unmanaged
    {
        public static T Apply(T a) => a;
        public static Vector256<T> Apply(Vector256<T> a) => a;
    }

    /// <summary>Lane by lane the parts lie one behind the other in the whole, the first in the low bits.</summary>
    private sealed unsafe class PackStep<T>(Slot whole, Slot[] parts, bool unpack) : Step where T : unmanaged
    {
        public override void Execute(Warp warp, uint mask)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                byte* packed = warp.File + whole.Offset + (i * sizeof(T)), part = warp.File + parts[i].Offset;
                int step = whole.Stride, stepPart = parts[i].Stride;
                for (var rest = mask; rest != 0; rest &= rest - 1)
                {
                    var lane = BitOperations.TrailingZeroCount(rest);
                    if (unpack) *(T*)(part + lane * stepPart) = *(T*)(packed + lane * step);
                    else *(T*)(packed + lane * step) = *(T*)(part + lane * stepPart);
                }
            }
        }
    }
}

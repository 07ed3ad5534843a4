namespace SiaEngine.Cuda.Simulator;

/// <summary>Compiles the matrix instructions: <c>mma ldmatrix stmatrix movmatrix</c>.</summary>
internal static class TensorCoreOpcodes
{
    private static readonly Dictionary<(string Shape, PtxType Input), MmaShape> Shapes = new()
    {
        [("m16n8k8", PtxType.F16)] = new(16, 8, 8, 2),
        [("m16n8k16", PtxType.F16)] = new(16, 8, 16, 2),
        [("m16n8k8", PtxType.BF16)] = new(16, 8, 8, 2),
        [("m16n8k16", PtxType.BF16)] = new(16, 8, 16, 2),
        [("m16n8k4", PtxType.TF32)] = new(16, 8, 4, 1),
        [("m16n8k8", PtxType.TF32)] = new(16, 8, 8, 1),
        [("m8n8k4", PtxType.F64)] = new(8, 8, 4, 1),
        [("m8n8k16", PtxType.S8)] = new(8, 8, 16, 4),
        [("m16n8k16", PtxType.S8)] = new(16, 8, 16, 4),
        [("m16n8k32", PtxType.S8)] = new(16, 8, 32, 4),
    };

    /// <summary>Adds the family to the table.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        table.Add("mma", Mma);
        table.Add("ldmatrix", static (at, compiler) => Matrices(at, compiler, store: false));
        table.Add("stmatrix", static (at, compiler) => Matrices(at, compiler, store: true));
        table.Add("movmatrix", Move);
    }

    private static AlignedStep Mma(Instruction at, StepCompiler compiler)
    {
        Require(at, compiler, 4, "sync", "aligned", "row", "col");
        if (at.Types is not [var d, var a, var b, var c]) throw compiler.Error(at, $"{at} needs the types of D, A, B and C");
        var known = (d, a, b, c) switch
        {
            (PtxType.F32 or PtxType.F16, PtxType.F16, PtxType.F16, PtxType.F32 or PtxType.F16) => true,
            (PtxType.F32, PtxType.BF16 or PtxType.TF32, _, PtxType.F32) => a == b,
            (PtxType.F64, PtxType.F64, PtxType.F64, PtxType.F64) => true,
            (PtxType.S32, PtxType.S8 or PtxType.U8, PtxType.S8 or PtxType.U8, PtxType.S32) => true,
            _ => false,
        };
        MmaShape? shape = null;
        foreach (var modifier in at.Modifiers)
        {
            if (modifier is "row" or "col" or "sync" or "aligned" or "satfinite" || PtxTypes.Parse(modifier) != PtxType.None) continue;
            if (!Shapes.TryGetValue((modifier, a == PtxType.U8 ? PtxType.S8 : a), out shape)) known = false;
        }

        if (!known || shape is null) throw compiler.Error(at, $"instruction '{at}' is not known to the simulator; it has bf16, f16, tf32, f64, s8 and u8 of the common shapes");
        int Registers(PtxType type) => type == PtxType.F16 ? shape.CElements / 2 : shape.CElements;
        var left = Read(at, compiler, 1, shape.ARegisters, a);
        var right = Read(at, compiler, 2, shape.BRegisters, b);
        var old = Read(at, compiler, 3, Registers(c), c);
        var result = compiler.WriteVector(at, at.Operands[0]);
        if (result.Length != Registers(d)) throw compiler.Error(at, $"{at}: D has {Registers(d)} registers, not {result.Length}");
        return a switch
        {
            PtxType.F64 => new MmaDoubleStep(shape, result, left, right, old),
            PtxType.S8 or PtxType.U8 => new MmaIntegerStep(shape, a == PtxType.S8, b == PtxType.S8, at.Has("satfinite"), result, left, right, old),
            _ => new MmaFloatStep(shape, a, d, c, result, left, right, old),
        };
    }

    private static Slot[] Read(Instruction at, StepCompiler compiler, int index, int count, PtxType type)
    {
        var slots = compiler.ReadVector(at, at.Operands[index], type is PtxType.F32 or PtxType.F64 ? type : PtxType.B32);
        return slots.Length == count ? slots : throw compiler.Error(at, $"{at}: {"DABC"[index]} has {count} registers, not {slots.Length}");
    }

    private static MatrixMemoryStep Matrices(Instruction at, StepCompiler compiler, bool store)
    {
        Require(at, compiler, 2, "sync", "aligned", "m8n8", "b16");
        var count = at.Has("x1") ? 1 : at.Has("x2") ? 2 : at.Has("x4") ? 4 : throw compiler.Error(at, $"{at} needs a count: .x1 .x2 or .x4");
        var space = StateSpace.Generic;
        foreach (var modifier in at.Modifiers)
        {
            if (modifier is "shared" or "shared::cta") space = StateSpace.Shared;
            else if (modifier is not ("sync" or "aligned" or "m8n8" or "b16" or "x1" or "x2" or "x4" or "trans"))
                throw compiler.Error(at, $"instruction '{at}' is not known to the simulator");
        }

        if (at.Operands[store ? 0 : 1] is not AddressOperand address) throw compiler.Error(at, $"{at} takes an address in brackets");
        var registers = store ? compiler.ReadVector(at, at.Operands[1], PtxType.B32) : compiler.WriteVector(at, at.Operands[0]);
        if (registers.Length != count) throw compiler.Error(at, $"{at} moves {count} registers, not {registers.Length}");
        // Only the lanes that name a row need an address, so the register is checked when the instruction runs.
        Slot? start = address.Base switch
        {
            null => null,
            RegisterOperand register => compiler.Place(register.Register),
            var other => compiler.Read(at, other, PtxType.U64),
        };
        return new MatrixMemoryStep(store, at.Has("trans"), space, registers, start, (ulong)address.Offset);
    }

    private static MatrixMoveStep Move(Instruction at, StepCompiler compiler)
    {
        Require(at, compiler, 2, "sync", "aligned", "m8n8", "trans", "b16");
        var source = compiler.Read(at, at.Operands[1], PtxType.B32);
        return new MatrixMoveStep(compiler.Write(at, at.Operands[0]), source);
    }

    private static void Require(Instruction at, StepCompiler compiler, int operands, params ReadOnlySpan<string> modifiers)
    {
        foreach (var modifier in modifiers)
            if (!at.Has(modifier)) throw compiler.Error(at, $"{at} needs .{modifier}");
        if (at.Operands.Count != operands) throw compiler.Error(at, $"{at} takes {operands} operands, not {at.Operands.Count}");
    }
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>The opcodes that work on registers only.</summary>
internal static class AluOpcodes
{
    private delegate Step CompileForm(Form form);

    /// <summary>Adds them to the table.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        Add(table, Move.Compile, "mov");
        Add(table, ConvertOpcode.Compile, "cvt");
        Add(table, static f => Choose(f, FloatArithmetic.Linear, IntegerArithmetic.AddOrSubtract), "add", "sub");
        Add(table, CarryArithmetic.AddOrSubtract, "addc", "subc");
        Add(table, static f => Choose(f, FloatArithmetic.Linear, IntegerArithmetic.Multiply), "mul");
        Add(table, static f => f.FirstType.IsFloat ? FloatArithmetic.FusedMultiplyAdd(f) : IntegerArithmetic.MultiplyAdd(f), "mad");
        Add(table, CarryArithmetic.MultiplyAdd, "madc");
        Add(table, static f => Choose(f, FloatArithmetic.FusedMultiplyAdd, FloatArithmetic.FusedMultiplyAdd), "fma");
        Add(table, static f => f.FirstType.IsFloat ? FloatArithmetic.Divide(f) : IntegerArithmetic.Binary(f), "div");
        Add(table, IntegerArithmetic.Binary, "rem");
        Add(table, IntegerArithmetic.SumOfAbsoluteDifference, "sad");
        Add(table, static f => Choose(f, FloatArithmetic.MinMax, IntegerArithmetic.Binary), "min", "max");
        Add(table, static f => Choose(f, FloatArithmetic.Sign, IntegerArithmetic.Unary), "neg", "abs");
        Add(table, FloatArithmetic.Root, "rcp", "sqrt");
        Add(table, static f => Choose(f, Transcendentals.Compile, Transcendentals.Compile), "ex2", "tanh");
        Add(table, Transcendentals.Compile, "rsqrt", "sin", "cos", "lg2");
        Add(table, FloatBits.Test, "testp");
        Add(table, FloatBits.CopySign, "copysign");
        Add(table, Bitwise.Logic, "and", "or", "xor");
        Add(table, Bitwise.Not, "not", "cnot");
        Add(table, Bitwise.Shift, "shl", "shr");
        Add(table, WordOpcodes.Logic3, "lop3");
        Add(table, WordOpcodes.Permute, "prmt");
        Add(table, WordOpcodes.Funnel, "shf");
        Add(table, WordOpcodes.Mask, "bmsk");
        Add(table, WordOpcodes.Extend, "szext");
        Add(table, WordOpcodes.FindNth, "fns");
        Add(table, WordOpcodes.Dot, "dp4a", "dp2a");
        Add(table, WordOpcodes.Multiply24, "mul24", "mad24");
        Add(table, BitOpcodes.Unary, "popc", "clz", "brev", "bfind");
        Add(table, BitOpcodes.Extract, "bfe");
        Add(table, BitOpcodes.Insert, "bfi");
        Add(table, Compare.SetPredicate, "setp");
        Add(table, Compare.Set, "set");
        Add(table, Compare.Select, "selp");
        Add(table, Compare.SelectBySign, "slct");
    }

    /// <summary>By type: half precision, f32 and f64, pairs of 16-bit integers, integers.</summary>
    private static Step Choose(Form form, CompileForm ofFloats, CompileForm ofIntegers)
    {
        var type = form.FirstType;
        if (HalfCompare.IsHalf(type)) return HalfArithmetic.Compile(form);
        if (type.IsFloat) return ofFloats(form);
        return form.At.Opcode is "add" or "min" or "max" && PairArithmetic.Applies(form) ? PairArithmetic.Compile(form) : ofIntegers(form);
    }

    private static void Add(Dictionary<string, CompileStep> table, CompileForm compile, params ReadOnlySpan<string> opcodes)
    {
        foreach (var opcode in opcodes) table.Add(opcode, (instruction, compiler) => compile(new Form(instruction, compiler)));
    }
}

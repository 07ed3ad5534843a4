namespace SiaEngine.Cuda.Simulator;

/// <summary>The opcodes that work on registers only.</summary>
internal static class AluOpcodes
{
    private delegate Step CompileForm(Form form);

    /// <summary>Adds them to the table.</summary>
    public static void Register(Dictionary<string, CompileStep> table)
    {
        Add(table, Move.Compile, "mov");
        Add(table, Convert.Compile, "cvt");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.Linear(f) : IntegerArithmetic.AddOrSubtract(f), "add", "sub");
        Add(table, CarryArithmetic.AddOrSubtract, "addc", "subc");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.Linear(f) : IntegerArithmetic.Multiply(f), "mul");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.FusedMultiplyAdd(f) : IntegerArithmetic.MultiplyAdd(f), "mad");
        Add(table, CarryArithmetic.MultiplyAdd, "madc");
        Add(table, FloatArithmetic.FusedMultiplyAdd, "fma");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.Divide(f) : IntegerArithmetic.Binary(f), "div");
        Add(table, IntegerArithmetic.Binary, "rem");
        Add(table, IntegerArithmetic.SumOfAbsoluteDifference, "sad");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.MinMax(f) : IntegerArithmetic.Binary(f), "min", "max");
        Add(table, static f => IsFloat(f) ? FloatArithmetic.Sign(f) : IntegerArithmetic.Unary(f), "neg", "abs");
        Add(table, FloatArithmetic.Root, "rcp", "sqrt");
        Add(table, Transcendentals.Compile, "rsqrt", "sin", "cos", "lg2", "ex2", "tanh");
        Add(table, Bitwise.Logic, "and", "or", "xor");
        Add(table, Bitwise.Not, "not", "cnot");
        Add(table, Bitwise.Shift, "shl", "shr");
        Add(table, Compare.SetPredicate, "setp");
        Add(table, Compare.Set, "set");
        Add(table, Compare.Select, "selp");
        Add(table, Compare.SelectBySign, "slct");
    }

    private static bool IsFloat(Form form) => form.FirstType.IsFloat;

    private static void Add(Dictionary<string, CompileStep> table, CompileForm compile, params ReadOnlySpan<string> opcodes)
    {
        foreach (var opcode in opcodes) table.Add(opcode, (instruction, compiler) => compile(new Form(instruction, compiler)));
    }
}

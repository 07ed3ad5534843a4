using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Wrong modifiers and operands: a message of one line at the instruction's place, nothing else.</summary>
public class AluRefusalTests
{
    private static readonly string[] Opcodes =
    [
        "mov", "cvt", "add", "addc", "sub", "subc", "mul", "mad", "madc", "fma", "div", "rem", "sad", "min", "max", "neg", "abs", "rcp", "sqrt", "rsqrt", "sin", "cos",
        "lg2", "ex2", "tanh", "testp", "copysign", "and", "or", "xor", "not", "cnot", "shl", "shr", "lop3", "prmt", "shf", "bmsk", "szext", "fns", "dp4a", "dp2a", "mul24",
        "mad24", "popc", "clz", "brev", "bfind", "bfe", "bfi", "setp", "set", "selp", "slct",
    ];

    private static readonly string[] Modifiers =
    [
        "rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "rna", "ftz", "sat", "relu", "satfinite", "approx", "full", "lo", "hi", "wide", "cc", "l", "r", "clamp", "wrap",
        "NaN", "xorsign", "abs", "eq", "lt", "hs", "num", "and", "or", "xor", "pack", "shiftamt", "f4e", "rc16", "finite", "normal", "u4", "u16x2", "s16x2", "nonsense", "",
    ];

    private static readonly string[] Good =
    [
        "mov.u32 u32, s32", "mov.b64 b64, {b32, f32}", "mov.b64 {b32, f32}, b64", "mov.b32 b32, {b16, u16}", "mov.b128 b128, {b64, f64}", "mov.pred p, p",
        "cvt.u64.u32 u64, u32", "cvt.sat.u8.s32 u32, s32", "cvt.rn.f32.s64 f32, s64", "cvt.rzi.s32.f64 s32, f64", "cvt.rn.relu.bf16.f32 b16, f32",
        "cvt.rn.f16x2.f32 b32, f32, f32", "cvt.rna.tf32.f32 b32, f32", "cvt.ftz.rni.f32.f32 f32, f32", "cvt.pack.sat.s8.s32.b32 b32, s32, s32, b32",
        "add.s32 s32, s32, 7", "add.sat.s32 s32, s32, s32", "add.cc.u64 u64, u64, u64", "addc.cc.u32 u32, u32, u32", "add.u16x2 b32, b32, b32",
        "sub.rz.ftz.sat.f32 f32, f32, 0f3F800000", "mul.lo.u16 u16, u16, u16", "mul.wide.s32 s64, s32, s32", "mul.rm.f64 f64, f64, f64", "mul.rn.bf16x2 b32, b32, b32",
        "mad.hi.sat.s32 s32, s32, s32, s32", "mad.wide.u16 u32, u16, u16, u32", "madc.hi.cc.u32 u32, u32, u32, u32", "fma.rn.ftz.f32 f32, f32, f32, f32",
        "fma.rn.relu.f16x2 b32, b32, b32, b32", "div.s64 s64, s64, s64", "div.approx.ftz.f32 f32, f32, f32", "div.rp.f64 f64, f64, f64", "rem.u16 u16, u16, u16",
        "sad.u32 u32, u32, u32, u32", "min.NaN.xorsign.abs.f32 f32, f32, f32", "max.s64 s64, s64, s64", "min.relu.s16x2 b32, b32, b32", "neg.ftz.f16 b16, b16",
        "abs.f64 f64, f64", "rcp.approx.ftz.f64 f64, f64", "sqrt.rn.f32 f32, f32", "rsqrt.approx.f32 f32, f32", "ex2.approx.ftz.bf16x2 b32, b32", "tanh.approx.f32 f32, f32",
        "testp.finite.f64 p, f64", "copysign.f32 f32, f32, f32", "and.pred p, p, !p", "or.b64 b64, u64, f64", "not.b16 b16, b16", "shl.b64 b64, b64, u32",
        "shr.s16 s16, s16, 3", "lop3.b32 b32, b32, b32, b32, 150", "lop3.or.b32 b32|p, b32, b32, b32, 150, !p", "prmt.b32.f4e b32, b32, b32, b32",
        "shf.l.wrap.b32 b32, b32, b32, u32", "bmsk.clamp.b32 b32, b32, b32", "szext.wrap.s32 s32, s32, u32", "fns.b32 b32, b32, b32, s32",
        "dp4a.u32.s32 b32, b32, b32, b32", "dp2a.lo.u32.u32 u32, u32, u32, u32", "mul24.hi.u32 u32, u32, u32", "mad24.hi.sat.s32 s32, s32, s32, s32",
        "popc.b64 u32, b64", "bfind.shiftamt.s32 u32, s32", "bfe.s64 s64, s64, u32, u32", "bfi.b32 b32, b32, b32, u32, u32",
        "setp.lt.and.ftz.f32 p|p, f32, f32, !p", "setp.ne.b16 p, b16, b16", "setp.gt.f16x2 p|p, b32, b32", "set.eq.xor.u32.f64 u32, f64, f64, p",
        "set.lt.bf16.s32 b16, s32, s32", "selp.f64 f64, f64, f64, p", "slct.ftz.u16.f32 u16, u16, u16, f32",
    ];

    private static readonly string[] Types =
        ["pred", "b8", "b16", "b32", "b64", "b128", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f16", "f16x2", "bf16", "bf16x2", "tf32", "f32", "f64"];

    private static AluRig Rig()
    {
        var rig = new AluRig();
        foreach (var type in Types) rig.Declare(type, PtxTypes.Parse(type));
        return rig.Declare("p", PtxType.Pred);
    }

    [Fact]
    public void RandomInstructionsCompileOrAreRefused()
    {
        var generator = new Random(1);
        var rig = Rig();
        Operand Any(int depth = 0) => generator.Next(14) switch
        {
            0 => new IntegerOperand((ulong)generator.NextInt64(-300, 300)),
            1 => new FloatOperand(generator.NextDouble(), generator.Next(2) == 0 ? 32 : 64),
            2 => new SpecialRegisterOperand(generator.Next(2) == 0 ? "%tid.x" : "%clock64"),
            3 => new SinkOperand(),
            4 => new VariableOperand(new() { Name = "v", Space = StateSpace.Shared, Type = PtxType.B32, Count = 1, Alignment = 4 }),
            5 => new LabelOperand(new PtxLabel("l")),
            6 => new FunctionOperand("f"),
            7 => new AddressOperand(null, 4),
            8 when depth == 0 => new VectorOperand([.. Enumerable.Range(0, generator.Next(6)).Select(_ => generator.Next(5) == 0 ? null : Any(1))]),
            9 => new RegisterOperand(rig["p"].Register, generator.Next(2) == 0 ? rig["p"].Register : rig["b32"].Register, generator.Next(2) == 0),
            10 => new RegisterOperand(rig["p"].Register),
            _ => rig[Types[generator.Next(Types.Length)]],
        };
        int accepted = 0, refused = 0;
        for (var i = 0; i < 8000; i++)
        {
            // A good instruction with a few random changes.
            var instruction = rig.Parse(Good[generator.Next(Good.Length)]);
            var (opcode, modifiers, operands) = (instruction.Opcode, instruction.Modifiers.ToList(), instruction.Operands.ToList());
            for (var change = generator.Next(4); change > 0; change--)
            {
                switch (generator.Next(8))
                {
                    case 0:
                        opcode = Opcodes[generator.Next(Opcodes.Length)];
                        break;
                    case 1:
                        modifiers.Insert(generator.Next(modifiers.Count + 1), Modifiers[generator.Next(Modifiers.Length)]);
                        break;
                    case 2:
                        modifiers.Insert(generator.Next(modifiers.Count + 1), Types[generator.Next(Types.Length)]);
                        break;
                    case 3 when modifiers.Count > 0:
                        modifiers.RemoveAt(generator.Next(modifiers.Count));
                        break;
                    case 4 when operands.Count > 0:
                        operands.RemoveAt(generator.Next(operands.Count));
                        break;
                    case 5:
                        operands.Insert(generator.Next(operands.Count + 1), Any());
                        break;
                    default:
                        if (operands.Count > 0) operands[generator.Next(operands.Count)] = Any();
                        break;
                }
            }

            instruction = new Instruction { Opcode = opcode, Modifiers = modifiers, Operands = operands, Line = 3, Column = 5 };
            try
            {
                SiaEngine.Cuda.Simulator.Opcodes.Compile(instruction, new StepCompiler(new PtxSource("x.ptx", "")));
                accepted++;
            }
            catch (PtxException e)
            {
                refused++;
                Assert.StartsWith("x.ptx:3:5: ", e.Message);
                Assert.DoesNotContain('\n', e.Message);
            }
        }

        Assert.True(accepted > 2000 && refused > 2000, $"{accepted} accepted, {refused} refused");
    }

    [Theory]
    [InlineData("add.f32 f32, f32", "takes 3 operands, 2 given")]
    [InlineData("add.lo.s32 s32, s32, s32", "accepted: .sat")]
    [InlineData("add.rn.rz.f32 f32, f32, f32", "takes .rn or .rz, not both")]
    [InlineData("add.rn.s32 s32, s32, s32", "no modifier .rn")]
    [InlineData("add.sat.u32 u32, u32, u32", "takes one type of s32")]
    [InlineData("add.f32.f32 f32, f32, f32", "takes one type of f32, f64")]
    [InlineData("add.b32 b32, b32, b32", "takes one type of u16")]
    [InlineData("add.s32 s32, f32, s32", "register f32 is .f32")]
    [InlineData("add.f32 f32, s32, f32", "register s32 is .s32")]
    [InlineData("add.u32 u64, u32, u32", "register u64 is .u64")]
    [InlineData("add.f32 f32, f32, 5", "no integer constant")]
    [InlineData("and.b64 b64, b64, 0f3F800000", "a constant of 64 bits here, not of 32")]
    [InlineData("fma.rn.bf16 f16, b16, b16, b16", "register f16 is .f16")]
    [InlineData("add.u32 5, u32, u32", "writes a register, not 5")]
    [InlineData("add.u16 u16, u16, 0f3F800000", "no floating-point constant")]
    [InlineData("mul.s32 s32, s32, s32", "needs .lo, .hi or .wide")]
    [InlineData("mul.wide.u64 u64, u64, u64", "takes one type of u16")]
    [InlineData("fma.f32 f32, f32, f32, f32", "needs .rn, .rz, .rm or .rp")]
    [InlineData("div.f64 f64, f64, f64", "needs .rn, .rz, .rm or .rp")]
    [InlineData("sin.f32 f32, f32", "needs .approx")]
    [InlineData("sin.approx.f64 f64, f64", "takes one type of f32")]
    [InlineData("ex2.approx.bf16 b16, b16", "needs .ftz")]
    [InlineData("cvt.f16.f32 b16, f32", "needs .rn, .rz, .rm or .rp")]
    [InlineData("cvt.s32.f32 s32, f32", "needs .rni, .rzi, .rmi or .rpi")]
    [InlineData("cvt.f32.s32 f32, s32", "needs .rn, .rz, .rm or .rp")]
    [InlineData("cvt.rn.f32.f16 f32, b16", "takes no rounding")]
    [InlineData("cvt.rn.f32 f32, f32", "type of the result and the type converted")]
    [InlineData("cvt.u64.u32 u32, u32", "register u32 is .u32")]
    [InlineData("setp.s32 p, s32, s32", "needs a comparison")]
    [InlineData("setp.lo.s32 p, s32, s32", "its type is signed")]
    [InlineData("setp.lt.b32 p, b32, b32", "needs a comparison of eq, ne")]
    [InlineData("setp.lt.and.s32 p, s32, s32", "takes 4 operands, 3 given")]
    [InlineData("setp.lt.s32 s32, s32, s32", "writes a predicate p or two")]
    [InlineData("selp.b32 b32, b32, b32, b32", "takes a predicate")]
    [InlineData("lop3.b32 b32, b32, b32, b32, 256", "truth table of 0 to 255")]
    [InlineData("shf.l.b32 b32, b32, b32, b32", "needs .clamp or .wrap")]
    [InlineData("shl.b32 b32, b32, u64", "register u64 is .u64")]
    [InlineData("prmt.b32.f4e.rc8 b32, b32, b32, b32", "takes .f4e or .rc8, not both")]
    public void Says(string text, string expected) => Assert.Contains(expected, Rig().Refusal(text), StringComparison.Ordinal);
}

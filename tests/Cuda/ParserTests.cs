using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>What the parser makes of modules, declarations, instructions and operands.</summary>
public class ParserTests
{
    private const string Head = ".version 8.4\n.target sm_80\n.address_size 64\n";

    private static PtxModule Parse(string text) => Parser.Parse(new PtxSource("t.ptx", Head + text));

    private static PtxFunction Kernel(string body, string module = "") => Parse($"{module}.visible .entry k(.param .u64 a, .param .u32 n) {{\n{body}\n}}").Functions["k"];

    private static Instruction One(string instruction, string module = "") => Kernel(
        ".reg .pred %p<4>; .reg .b32 %r<9>; .reg .f32 %f<9>; .reg .b64 %rd<9>; .reg .v4 .f32 %v; .shared .align 16 .b8 tile[64];\n" + instruction, module).Instructions[0];

    [Fact]
    public void ReadsTheHeadOfAModule()
    {
        var module = Parser.Parse(new PtxSource("t.ptx", "// x\n.version 7.0\n.target sm_80, texmode_independent\n.address_size 64\n.file 1 \"a.cu\"\n"));
        Assert.Equal((7, 0), module.Version);
        Assert.Equal("sm_80", module.Target);
        Assert.Empty(module.Functions);
    }

    [Fact]
    public void ReadsVariables()
    {
        var module = Parse("""
            .extern .shared .align 16 .b8 dynamic[];
            .global .align 8 .u32 table[2][3] = {{1, -2}, {0x30, 4, 5}};
            .const .f32 pi = 0f40490FDB;
            .global .f32 ratio = 3;
            .visible .global .u64 addresses[] = {table, generic(pi)+4, table-8, 7, k};
            .weak .global .v2 .f64 pair[2] = {{1.5, 2}, {3, 4}};
            .global .b8 text[6] = {72, 101, 108, 108, 111};
            .shared .f32 rows[8], columns[4];
            .entry k() { ret; }
            """);
        var v = module.Variables.ToDictionary(x => x.Name);
        Assert.True(v["dynamic"].IsDynamic);
        Assert.Equal((16, 0L), (v["dynamic"].Alignment, v["dynamic"].Bytes));
        Assert.Equal((6L, 24L, 8), (v["table"].Count, v["table"].Bytes, v["table"].Alignment));
        Assert.Equal([1, -2, 0, 0x30, 4, 5], Enumerable.Range(0, 6).Select(i => BitConverter.ToInt32(v["table"].Initial!, 4 * i)));
        Assert.Equal(MathF.PI, BitConverter.ToSingle(v["pi"].Initial!));
        Assert.Equal(3f, BitConverter.ToSingle(v["ratio"].Initial!));
        Assert.Equal([(0, "table", 0L), (8, "pi", 4L), (16, "table", -8L), (32, "k", 0L)], v["addresses"].Relocations);
        Assert.Equal((5L, 7L), (v["addresses"].Count, BitConverter.ToInt64(v["addresses"].Initial!, 24)));
        Assert.Equal((4L, 16), (v["pair"].Count, v["pair"].Alignment));
        Assert.Equal(3.0, BitConverter.ToDouble(v["pair"].Initial!, 16));
        Assert.Equal(v["text"].Initial, "Hello\0"u8.ToArray());
        Assert.Equal((StateSpace.Shared, 8L, 4L), (v["rows"].Space, v["rows"].Count, v["columns"].Count));
        Assert.Null(v["rows"].Initial);
    }

    [Fact]
    public void ReadsFunctions()
    {
        var module = Parse("""
            .extern .func (.param .b32 r) declared_only (.param .b64 x) ;
            .func (.param .align 8 .b8 r[16]) f (.param .b32 a, .param .align 4 .b8 b[8]) .noreturn ;
            .visible .entry k (.param .u64 .ptr .global .align 16 a, .param .align 4 .b8 s[12])
            .maxntid 256, 1, 2
            .minnctapersm 2
            .maxnreg 64
            {
                .reg .b32 %r<3>;
                { .param .b32 p; .reg .b32 %r0, %inner; st.param.b32 [p], %r0; call (p), f, (p, %r1, 3); }
                call.uni g, ();
                ret;
            }
            .entry q .reqntid 8 { call g; exit; }
            .func (.reg .f32 out) g (.reg .f32 in) { mov.f32 out, in; ret; }
            .func (.param .align 8 .b8 r[16]) f (.param .b32 a, .param .align 4 .b8 b[8]) { ret; }
            """);
        var k = module.Functions["k"];
        Assert.True(k.IsEntry && k.IsDefined);
        Assert.Equal(((256, 1, 2), 2, 64), (k.MaxThreads!.Value, k.MinBlocksPerSm!.Value, k.MaxRegisters!.Value));
        Assert.Equal((8, 1, 1), module.Functions["q"].RequiredThreads);
        Assert.Equal([("a", 8L, PtxType.U64), ("s", 12L, PtxType.B8)], k.Parameters.Select(p => (p.Name, p.Bytes, p.Type)));
        Assert.Equal(["%r0", "%r1", "%r2", "%r0", "%inner"], k.Registers.Select(r => r.Name));
        Assert.Equal([0, 1, 2, 3, 4], k.Registers.Select(r => r.Index));
        Assert.Equal(3, Assert.IsType<RegisterOperand>(k.Instructions[0].Operands[1]).Register.Index);
        var call = k.Instructions[1].Operands;
        Assert.Equal("p", Assert.IsType<VariableOperand>(Assert.Single(Assert.IsType<ArgumentsOperand>(call[0]).Arguments)).Variable.Name);
        Assert.Equal("f", Assert.IsType<FunctionOperand>(call[1]).Name);
        Assert.Equal(3, Assert.IsType<ArgumentsOperand>(call[2]).Arguments.Count);
        Assert.Empty(Assert.IsType<ArgumentsOperand>(k.Instructions[2].Operands[1]).Arguments);
        Assert.False(module.Functions["declared_only"].IsDefined);
        Assert.True(module.Functions["f"].IsDefined);
        Assert.Equal(16, module.Functions["f"].Returns[0].Bytes);
        Assert.Equal(StateSpace.Register, module.Functions["g"].Parameters[0].Space);
        Assert.Equal(["out", "in"], module.Functions["g"].Registers.Select(r => r.Name));
    }

    [Fact]
    public void LabelsBelongToTheirScope()
    {
        var k = Kernel("""
            .reg .pred %p; .reg .b32 %r;
            bra END;
            {
            L: @!%p bra L;
                bra.uni END;
            }
            {
                @%p bra L;
            L:
            }
            brx.idx %r, table;
            table: .branchtargets END, $L_2;
            $L_2:
            END:
            """);
        int Target(int i) => Assert.IsType<LabelOperand>(k.Instructions[i].Operands[^1]).Label.Target;
        Assert.Equal([5, 1, 5, 4], Enumerable.Range(0, 4).Select(Target));
        Assert.True(k.Instructions[1].GuardNegated);
        Assert.Equal("%p", k.Instructions[1].Guard!.Name);
        Assert.False(k.Instructions[3].GuardNegated);
        Assert.Equal(["END", "$L_2"], Assert.IsType<LabelOperand>(k.Instructions[4].Operands[1]).Label.Table.Select(l => l.Name));
    }

    [Fact]
    public void ReadsInstructions()
    {
        var i = One("\n  @%p0 ld.global.nc.L1::no_allocate.L2::128B.v2.f32 {%f0, _}, [%rd1+-8];");
        Assert.Equal(("ld", 7, 8), (i.Opcode, i.Line, i.Column));
        Assert.Equal("ld.global.nc.L1::no_allocate.L2::128B.v2.f32", i.ToString());
        Assert.Equal([PtxType.F32], i.Types);
        Assert.Null(Assert.IsType<VectorOperand>(i.Operands[0]).Elements[1]);
        var address = Assert.IsType<AddressOperand>(i.Operands[1]);
        Assert.Equal(("%rd1", -8L), (Assert.IsType<RegisterOperand>(address.Base).Register.Name, address.Offset));
    }

    [Theory]
    [InlineData("ld.param.u64 %rd0, [a];", "a", 0)]
    [InlineData("ld.param.u32 %r0, [n+4];", "n", 4)]
    [InlineData("ld.shared.u32 %r0, [tile+8*2];", "tile", 16)]
    [InlineData("ld.shared.u8 %r0, tile[3];", "tile", 3)]
    [InlineData("ld.global.u32 %r0, [late-4];", "late", -4)]
    public void AddressesOfVariables(string instruction, string variable, long offset)
    {
        var address = Assert.IsType<AddressOperand>(One(instruction, ".global .u32 late;").Operands[1]);
        Assert.Equal((variable, offset), (Assert.IsType<VariableOperand>(address.Base).Variable.Name, address.Offset));
    }

    [Fact]
    public void ReadsOperands()
    {
        Assert.Equal((null, 0x40L), One("ld.shared.u32 %r0, [0x40];").Operands[1] is AddressOperand a ? (a.Base, a.Offset) : default);
        Assert.Equal(new SpecialRegisterOperand("%tid.x"), One("mov.u32 %r0, %tid.x;").Operands[1]);
        Assert.Equal(new SpecialRegisterOperand("%laneid"), One("mov.u32 %r0, %laneid;").Operands[1]);
        Assert.Equal(new SpecialRegisterOperand("%ntid"), One("mov.v4.u32 {%r0, %r1, %r2, %r3}, %ntid;").Operands[1]);
        Assert.Equal(new IntegerOperand(32), One("mov.u32 %r0, WARP_SZ;").Operands[1]);
        Assert.Equal(new IntegerOperand(5), One("mov.u32 %r0, -1+2*3;").Operands[1]);
        Assert.Equal(new IntegerOperand(16), One("mov.u32 %r0, (1<<4);").Operands[1]);
        Assert.Equal(new IntegerOperand(unchecked((ulong)-8)), One("mov.u32 %r0, -8;").Operands[1]);
        Assert.Equal(new IntegerOperand(unchecked((ulong)-1)), One("mov.u32 %r0, ~0;").Operands[1]);
        Assert.Equal(new IntegerOperand(7), One("mov.u32 %r0, 3 > 2 ? 7 : 8;").Operands[1]);
        Assert.Equal(new FloatOperand(1, 32), One("mov.f32 %f0, 0f3F800000;").Operands[1]);
        Assert.Equal(new FloatOperand(-0.5, 64), One("mov.f32 %f0, -0.5;").Operands[1]);
        Assert.Equal(("tile", 12L), One("mov.u32 %r0, tile+12;").Operands[1] is VariableOperand v ? (v.Variable.Name, v.Offset) : default);
        Assert.Equal(("tile", 12L), One("mov.u32 %r0, tile[12];").Operands[1] is VariableOperand w ? (w.Variable.Name, w.Offset) : default);
        var setp = One("setp.lt.and.s32 %p0|%p1, %r0, 3, !%p2;").Operands;
        Assert.Equal(("%p0", "%p1"), setp[0] is RegisterOperand both ? (both.Register.Name, both.Second!.Name) : default);
        Assert.True(Assert.IsType<RegisterOperand>(setp[3]).Negated);
        Assert.Equal("%v.z", Assert.IsType<RegisterOperand>(One("mov.f32 %f0, %v.z;").Operands[1]).Register.Name);
        Assert.Equal(4, Assert.IsType<VectorOperand>(One("ld.global.v4.f32 %v, [%rd0];").Operands[0]).Elements.Count);
        Assert.IsType<SinkOperand>(One("atom.global.add.u32 _, [%rd0], 1;").Operands[0]);
        Assert.Equal("g", Assert.IsType<FunctionOperand>(One("mov.u64 %rd0, g;", ".func g() { ret; }").Operands[1]).Name);
    }

    [Fact]
    public void DebugDirectivesAreSkipped()
    {
        var module = Parse("""
            .visible .entry k() {
                .loc 1 12 3
                .loc 1 12 3, function_name $L__info, inlined_at 1 4 2
                .pragma "nounroll";
                ret;
            }
            .file 1 "x.cu", 123, 456
            .section .debug_str { $L__info: .b8 1, 2, 3
            .b32 $L__other+4 }
            """);
        Assert.Single(module.Functions["k"].Instructions);
    }

    [Fact]
    public void LinesAreThoseOfTheTemplate()
    {
        var source = PtxTemplate.Expand("t.ptx", Head + "#macro BAD\n    add.u32 %x, 1, 2;\n#end\n.entry k() {\n    BAD()\n}\n", _ => "");
        Assert.Equal("t.ptx:8:13: no register '%x'", Assert.Throws<PtxException>(() => Parser.Parse(source)).Message);
    }

    [Fact]
    public void LibraryFilesParse()
    {
        foreach (var name in PtxLibrary.Names)
            Assert.NotEmpty(Parser.Parse(PtxLibrary.Load(name)).Functions);
    }

    /// <summary>compiled.ptx is what NVIDIA's compiler makes of compiled.cu beside it.</summary>
    [Fact]
    public void CompiledFilesParse()
    {
        var module = Parser.Parse(new PtxSource("compiled.ptx", File.ReadAllText(Path.Combine(Repository.Root, "tests", "golden", "ptx", "compiled.ptx"))));
        var choose = module.Functions["choose"];
        Assert.Equal((256, 1, 1), module.Functions["reduce"].MaxThreads);
        Assert.Equal(64, choose.Variables.Single(v => v.Space == StateSpace.Local).Bytes);
        Assert.Equal([(0, "_Z5twicefi", 0L), (8, "_Z5powerfi", 0L)], module.Variables.Single(v => v.Name == "functions").Relocations);
        Assert.Equal([(0, "counts", 8L)], module.Variables.Single(v => v.Name == "middle").Relocations);
        Assert.Contains(choose.Instructions, i => i.Opcode == "call" && i.Operands is [ArgumentsOperand, RegisterOperand, ArgumentsOperand, LabelOperand]);
        Assert.All(choose.Instructions, i => Assert.All(i.Operands.OfType<LabelOperand>(), l => Assert.InRange(l.Label.Target, 0, choose.Instructions.Count)));
    }
}

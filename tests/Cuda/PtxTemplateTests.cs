using SiaEngine.Cuda;

namespace SiaEngine.Tests.Cuda;

/// <summary>The template language: what each directive expands to, where each line came from, and every refusal.</summary>
public class PtxTemplateTests
{
    private static string Include(string name) => name switch
    {
        "one" => "// explains\n\n#let FROM_ONE = 7\n#macro PUT x\n    // ${x}\n    put ${x};\n#end\n",
        "text" => "    from_file;\n",
        "broken" => "\n#for\n",
        "missing_end" => "#macro M\n",
        _ => throw new PtxException($"no include file '{name}'"),
    };

    private static string Expand(string text) => PtxTemplate.Expand("t.ptx", text, Include).Text;

    [Theory]
    [InlineData("a\n\n// b", "a\n\n// b\n")]
    [InlineData("#let A = 3\n${A} ${A+1}", "3 4\n")]
    [InlineData("#let A = 3\n#let A = A * A\n${A}", "9\n")]
    [InlineData("#for T in f32 bf16\n${T}${T == f32 ? 4 : 2}\n#end\nx", "f324\nbf162\nx\n")]
    [InlineData("#for I in 0..3\n%r${I}\n#end", "%r0\n%r1\n%r2\n")]
    [InlineData("#let N = 64\n#for I in 0..N step 8*4\n${I}\n#end", "0\n32\n")]
    [InlineData("#for I in 5..5\n${I}\n#end\nx", "x\n")]
    [InlineData("#for I in 1..3\n#for J in I..3\n${I}${J}\n#end\n#end", "11\n12\n22\n")]
    [InlineData("#for I in 4 8 0x10\n${I} ${I * 2}\n#end", "4 8\n8 16\n0x10 32\n")]
    [InlineData("#if 1 > 2\na\n#else\nb\n#end", "b\n")]
    [InlineData("#if 1\na\n#if 0\nx\n#else\ny\n#end\n#end", "a\ny\n")]
    [InlineData("#if 0\n#let A = 1\n#else\n#let A = 2\n#end\n${A}", "2\n")]
    [InlineData("  #let A = 1 // why\n${A}", "1\n")]
    [InlineData("#macro ADD d a b\n    add.f32 ${d}, ${a}, ${b};\n#end\n    ADD(%x, %y, 0f00000000)", "    add.f32 %x, %y, 0f00000000;\n")]
    [InlineData("#macro V a b\n${a}|${b}\n#end\nV({%x, %y}, [%p+4])  // note, with (commas)", "{%x, %y}|[%p+4]\n")]
    [InlineData("#macro INNER x\n<${x}>\n#end\n#macro OUTER x\nINNER(${x}1)\n#end\nOUTER(%r)", "<%r1>\n")]
    [InlineData("#macro M n\n#if n > 2\nbig\n#else\nsmall\n#end\n#end\nM(3)\nM(2)", "big\nsmall\n")]
    [InlineData("#macro NONE\nx\n#end\nNONE()", "x\n")]
    [InlineData("#for T in a b\n#macro M x\n${T}${x}\n#end\nM(1)\n#end", "a1\nb1\n")]
    [InlineData("#include one\n#include one\nPUT(%a)\n${FROM_ONE}", "    // %a\n    put %a;\n7\n")]
    [InlineData("#include text", "    from_file;\n")]
    [InlineData("bra $L_1; ${unknown}", "bra $L_1; unknown\n")]
    [InlineData("call(x);", "call(x);\n")]
    public void ExpandsTo(string template, string text) => Assert.Equal(text, Expand(template));

    [Theory]
    [InlineData("7 / 2", "3")]
    [InlineData("-7 % 4", "-3")]
    [InlineData("1 + 2 * 3 - 4", "3")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("1 << 4 | 1", "17")]
    [InlineData("0xff & 0x0f >> 1", "7")]
    [InlineData("3 >= 3 && 2 != 1", "1")]
    [InlineData("!1 || 0", "0")]
    [InlineData("min(3, max(1, 2))", "2")]
    [InlineData("log2(64)", "6")]
    [InlineData("hex(255)", "0xff")]
    [InlineData("hex(16) + 1", "17")]
    [InlineData("f32hex(1)", "0f3F800000")]
    [InlineData("f32hex(-0.5)", "0fBF000000")]
    [InlineData("f32hex(1.5e-3)", "0f3AC49BA6")]
    [InlineData("f32hex(1.0 / 3)", "0f3EAAAAAB")]
    [InlineData("1 ? 2 ? 3 : 4 : 5", "3")]
    [InlineData("0 ? 1 / 0 : 5", "5")]
    [InlineData("f32 == f32", "1")]
    [InlineData("f32 == 1", "0")]
    [InlineData("1 == 1.0", "1")]
    public void ExpressionsAreIntegersUnlessRealsTakePart(string expression, string value) => Assert.Equal(value + "\n", Expand($"${{{expression}}}"));

    [Theory]
    [InlineData("ceil(N / 256)", 3)]
    [InlineData("floor(N / 256)", 2)]
    [InlineData("N / 2", 256.5)]
    [InlineData("7 / 2", 3.5)]
    [InlineData("ceil(7 / 2) * R", 8)]
    [InlineData("log2(8) + max(R, 1) - min(R, 1)", 4)]
    [InlineData("N > 5 ? 1 : 2", 1)]
    [InlineData("N % 256", 1)]
    public void FormulasAreReal(string formula, double value) =>
        Assert.Equal(value, PtxExpression.Parse(formula).Evaluate(new Dictionary<string, double> { ["N"] = 513, ["R"] = 2 }));

    [Fact]
    public void FormulasNameTheirLetters()
    {
        Assert.Equal(["C", "N"], PtxExpression.Parse("2*N + ceil(C / N)").Names);
        var error = Assert.Throws<PtxException>(() => PtxExpression.Parse("2*M").Evaluate(new Dictionary<string, double> { ["N"] = 1 }));
        Assert.Equal("'M' in '2*M' has no value; names with values are N", error.Message);
    }

    [Theory]
    [InlineData("x\n#fro T in a\n#end", "t.ptx:2: unknown directive '#fro'; the directives are #include, #let, #for, #if, #else, #macro and #end")]
    [InlineData("#for T in a\n", "t.ptx:1: #for has no #end")]
    [InlineData("#end", "t.ptx:1: #end without #for, #if or #macro before it")]
    [InlineData("#for T in a\n#else\n#end", "t.ptx:2: #else inside the #for of line 1; #end is expected")]
    [InlineData("#if 1\n#else\n#else\n#end", "t.ptx:3: #else inside the #else of line 1; #end is expected")]
    [InlineData("#for T f32", "t.ptx:1: #for has no #end")]
    [InlineData("#for T f32\n#end", "t.ptx:1: '#for T f32' is not understood; #for X in a b c, #for I in 0..8 and #for I in 0..64 step 8 are accepted")]
    [InlineData("#for I in 0..8 step 0\n#end", "t.ptx:1: step 0 is not positive")]
    [InlineData("#for I in 0..x\n#end", "t.ptx:1: 'x' in 'x' is not an integer")]
    [InlineData("#let = 1", "t.ptx:1: '#let = 1' has no name before '='; #let NAME = EXPR is accepted")]
    [InlineData("#if f32\n#end", "t.ptx:1: 'f32' in 'f32' is not a number; no name with a value is called so")]
    [InlineData("${1 +}", "t.ptx:1: expression '1 +' ends where a number or name is expected")]
    [InlineData("${1 2}", "t.ptx:1: expression '1 2' '2' is left over")]
    [InlineData("${x + 1}", "t.ptx:1: 'x' in 'x + 1' is not an integer")]
    [InlineData("${log2(3)}", "t.ptx:1: log2(3) in 'log2(3)' is not an integer; a power of two is accepted")]
    [InlineData("${sqrt(3)}", "t.ptx:1: expression 'sqrt(3)' calls 'sqrt'; the functions are min, max, log2, hex, f32hex, ceil, floor")]
    [InlineData("${1 / 0}", "t.ptx:1: division by zero in '1 / 0'")]
    [InlineData("${1 << 64}", "t.ptx:1: shift by 64 in '1 << 64'; 0 to 63 is accepted")]
    [InlineData("a ${b", "t.ptx:1: ${ without }; ${EXPR} is accepted")]
    [InlineData("#macro M a b\n#end\nM(1)", "t.ptx:3: M is called with 1 arguments; it takes 2: a, b")]
    [InlineData("#macro M a\n#end\nM(1);", "t.ptx:3: ';' follows the call of M; a call stands alone on its line, without semicolon")]
    [InlineData("#macro M a\n#end\nM(1", "t.ptx:3: the call of M has no ')'; a call is one line")]
    [InlineData("#macro M\n#end\nLAOD(1)", "t.ptx:3: no macro 'LAOD'; the macros are M")]
    [InlineData("#macro M\n#end\n#macro M\n#end", "t.ptx:3: macro M is defined already, in t.ptx:1")]
    [InlineData("#macro M\nM()\n#end\nM()", "t.ptx:2: macros call each other deeper than 64")]
    [InlineData("\n#include none", "t.ptx:2: no include file 'none'")]
    [InlineData("#include ../x", "t.ptx:1: '../x' is not the name of an include file; #include NAME is accepted")]
    [InlineData("#include missing_end", "include/missing_end.ptx:1: #macro has no #end")]
    [InlineData("#include broken", "include/broken.ptx:2: #for has no #end")]
    [InlineData("#for I in 0..1000000000\n#end", "t.ptx:1: the template takes more than 2000000 steps")]
    [InlineData("#for I in 0..1000\n#for J in 0..1000\nx\n#end\n#end", "t.ptx:3: the template expands to more than 200000 lines")]
    public void RefusesWithThePlace(string template, string message) => Assert.Equal(message, Assert.Throws<PtxException>(() => Expand(template)).Message);

    [Fact]
    public void LinesKnowTheirPlaceInTheFile()
    {
        var source = PtxTemplate.Expand("t.ptx", "#include one\na\n#macro M\nx\ny\n#end\n#for I in 0..2\nb\nM()\n#end\nPUT(1)\n", Include);
        Assert.Equal("a\nb\nx\ny\nb\nx\ny\n    // 1\n    put 1;\n", source.Text);
        Assert.Equal([2, 8, 9, 9, 8, 9, 9, 11, 11], source.Lines);
        Assert.Equal("t.ptx:9", source.Place(4));
    }

    [Fact]
    public void LibraryFilesExpand()
    {
        Assert.NotEmpty(PtxLibrary.Names);
        Assert.DoesNotContain(PtxLibrary.Names, name => name.StartsWith("include", StringComparison.Ordinal));
        foreach (var name in PtxLibrary.Names)
        {
            var source = PtxLibrary.Load(name);
            Assert.Equal(source.Text.Count(c => c == '\n'), source.Lines.Count);
            Assert.DoesNotContain("${", source.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void UnknownFilesAreListed()
    {
        Assert.Contains("add", Assert.Throws<PtxException>(() => PtxLibrary.Load("nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("element", Assert.Throws<PtxException>(() => PtxLibrary.ReadInclude("nothing")).Message, StringComparison.Ordinal);
    }
}

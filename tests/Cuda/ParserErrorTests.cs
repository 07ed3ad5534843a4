using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Every refusal of the parser: one line, with file, line and column.</summary>
public class ParserErrorTests
{
    private static string Refusal(string text) => Assert.Throws<PtxException>(() => Parser.Parse(new PtxSource("t.ptx", text))).Message;

    [Theory]
    [InlineData("", "t.ptx:1:1: a PTX file begins with .version, not the end of the file")]
    [InlineData(".version 8", "t.ptx:1:10: .version 8 is not a version such as 8.0")]
    [InlineData(".version 8.5", "t.ptx:1:10: PTX version 8.5 is not read; 1.0 to 8.4 are")]
    [InlineData(".version 8.0", "t.ptx:1:13: the file has no .target")]
    [InlineData(".version 8.0 .target x", "t.ptx:1:22: 'x' is not an architecture such as sm_80")]
    [InlineData(".version 8.0 .target sm_80 .address_size 32", "t.ptx:1:42: .address_size 64 is read, no other")]
    public void OfHeads(string text, string message) => Assert.Equal(message, Refusal(text));

    [Theory]
    [InlineData("nonsense", "1: a directive such as .entry is expected outside of functions, not 'nonsense'")]
    [InlineData(".local .b32 x;", "1: .local variables are declared inside functions")]
    [InlineData(".reg .b32 x;", "1: '.reg' is not known outside of functions")]
    [InlineData(".global .b31 x;", "9: '.b31' is not a type, vector length or .align")]
    [InlineData(".global .align 3 .b32 x;", "16: alignment 3 is not a power of two")]
    [InlineData(".global .b32 x[];", "14: array 'x' has no extent; only .extern arrays may leave it open")]
    [InlineData(".global .b32 x[0x40000001];", "16: extent 1073741825 is out of range; 1073741824 is the most")]
    [InlineData(".global .b32 x[40000][40000];", "14: 'x' takes more than 1073741824 bytes")]
    [InlineData(".global .b8 x[800000000]; .global .b8 y[800000000];", "39: the variables up to 'y' take more than 1073741824 bytes")]
    [InlineData(".global .b32 x[2] = {1, 2, 3};", "28: more than 2 values")]
    [InlineData(".global .b32 x[2] = 1;", "21: '{' is expected before the values of array 'x', not '1'")]
    [InlineData(".global .b32 x = 1.5;", "18: '1.5' initialises a .b32 variable, which takes integers")]
    [InlineData(".global .b32 x = y;", "18: the address of 'y' takes 8 bytes, a .b32 has 4")]
    [InlineData(".global .b64 x = y;", "1: the initial value of 'x' names 'y', which is not declared")]
    [InlineData(".shared .b32 x = 1;", "14: 'x' cannot have an initial value; only .global and .const variables can")]
    [InlineData(".global .pred x;", "15: 'x' is a predicate; predicates live in registers")]
    [InlineData(".global .b32 x<4>;", "15: only registers are declared in ranges")]
    [InlineData(".global .b32 x; .global .b32 x;", "17: 'x' is declared twice")]
    [InlineData(".entry k() { } .entry k() { }", "23: 'k' is defined twice")]
    [InlineData(".entry k(.param .b32 a, .param .b32 a) { }", "25: two parameters are called 'a'")]
    [InlineData(".entry k() .fast { }", "12: '.fast' is not known before the body of 'k'")]
    [InlineData(".entry k() { ret; ", "12: the body of 'k' has no closing '}'")]
    [InlineData(".entry k() ret;", "12: '{' is expected before the body of 'k', not 'ret'")]
    public void OfModules(string text, string message) =>
        Assert.Equal("t.ptx:2:" + message, Refusal($".version 8.0 .target sm_80\n{text}"));

    [Theory]
    [InlineData("add.f32 %sum, %sum, %smu;", "21: no register '%smu'; did you mean '%sum'?")]
    [InlineData("mov.u32 %r, %tidx;", "13: no register '%tidx'; did you mean '%tid'?")]
    [InlineData("mov.u32 %r, %tid.q;", "17: '%tid' has no component '.q'")]
    [InlineData("mov.u32 %r, %laneid.x;", "20: '%laneid' has no components")]
    [InlineData("mov.f32 %sum.x, 0f00000000;", "13: '%sum' has no components")]
    [InlineData("ld.param.u64 %r, [cuont];", "19: no register or variable 'cuont'; did you mean 'count'?")]
    [InlineData("bra LOPO; LOOP: ret;", "5: no label 'LOPO'; did you mean 'LOOP'?")]
    [InlineData("call fum;", "6: no function 'fum'; did you mean 'fun'?")]
    [InlineData("@%r ret;", "2: guard '%r' is a .b32 register; a predicate is expected")]
    [InlineData("@%q ret;", "2: no register '%q'; did you mean '%r'?")]
    [InlineData("add.u32 %r %r, 1;", "12: ';' is expected behind the operands of add, not '%r'")]
    [InlineData("add.u32 %r, %r, ;", "17: an operand is expected, not ';'")]
    [InlineData("ld.global.u32 %r, [%r;", "22: ']' is expected at the end of an address, not ';'")]
    [InlineData("ld.global.u32 %r, [%r, {%r}];", "19: addresses of tensors and textures are not read; one register, variable or number and an offset are")]
    [InlineData("mov.b64 %r, {%r, [%r]};", "18: a register or constant is expected in a vector, not '['")]
    [InlineData("mov.u32 %r, 1/0;", "14: division by zero")]
    [InlineData("mov.u32 %r, (1;", "15: ')' is expected at the end of an expression in parentheses, not ';'")]
    [InlineData(".reg .b32 %r;", "11: '%r' is declared twice")]
    [InlineData(".reg .b32 %tid;", "11: '%tid' is a special register")]
    [InlineData(".reg .b32 %x<70000>;", "11: 70000 registers '%x'; 65536 is the most")]
    [InlineData("A: ret; A: ret;", "9: label 'A' is defined twice")]
    [InlineData(".texref x;", "1: '.texref' is not known inside a function")]
    [InlineData("%r = 1;", "1: an instruction is expected, not '%r'")]
    public void OfBodies(string text, string message) => Assert.Equal("t.ptx:2:" + message, Refusal(
        ".version 8.0 .target sm_80 .func fun() { } .entry k(.param .u64 count) { .reg .b32 %r; .reg .f32 %sum;\n" + text + " }"));

    [Fact]
    public void OfDeepNesting()
    {
        Assert.Contains("nested deeper than 256", Refusal($".version 8.0 .target sm_80 .entry k() {new string('{', 100_000)}{new string('}', 100_000)}"), StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Refusal($".version 8.0 .target sm_80 .global .b32 x = {new string('(', 100_000)}1;"), StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Refusal($".version 8.0 .target sm_80 .global .b32 x = {new string('-', 100_000)}1;"), StringComparison.Ordinal);
    }
}

using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Tokens of PTX text and the refusals of malformed ones.</summary>
public class LexerTests
{
    private static List<Token> Split(string text) => Lexer.Split(new PtxSource("t.ptx", text));

    [Fact]
    public void SplitsAnInstruction()
    {
        var tokens = Split("@!%p1 ld.global.L2::128B.v4.f32 {%f1,_}, [%rd1+-8]; // x\n$L: /* a\nb */ 1.0");
        Assert.Equal(
            ["@", "!", "%p1", "ld", "global", "L2::128B", "v4", "f32", "{", "%f1", ",", "_", "}", ",", "[", "%rd1", "+", "-", "8", "]", ";", "$L", ":", "1.0", ""],
            tokens.Select(t => t.Text));
        Assert.Equal((1, 7), (tokens[3].Line, tokens[3].Column));
        Assert.Equal((3, 6), (tokens[^2].Line, tokens[^2].Column));
    }

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("10", 10UL)]
    [InlineData("010", 8UL)]
    [InlineData("0x1F", 31UL)]
    [InlineData("0X1fU", 31UL)]
    [InlineData("0b101", 5UL)]
    [InlineData("42U", 42UL)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void ReadsIntegers(string text, ulong value)
    {
        var token = Split(text)[0];
        Assert.Equal((TokenKind.Integer, value), (token.Kind, token.Bits));
    }

    [Theory]
    [InlineData("0f3F800000", 1.0, 32)]
    [InlineData("0F40490fdb", 3.1415927410125732, 32)]
    [InlineData("0d4000000000000000", 2.0, 64)]
    [InlineData("1.5", 1.5, 64)]
    [InlineData(".5", 0.5, 64)]
    [InlineData("2.", 2.0, 64)]
    [InlineData("1e3", 1000.0, 64)]
    [InlineData("2.5E-1", 0.25, 64)]
    public void ReadsFloats(string text, double value, int bits)
    {
        var token = Split(text)[0];
        Assert.Equal(bits == 32 ? TokenKind.Float32 : TokenKind.Float64, token.Kind);
        Assert.Equal(value, BitConverter.UInt64BitsToDouble(token.Bits));
    }

    [Theory]
    [InlineData("\n  `", "t.ptx:2:3: unexpected character '`'")]
    [InlineData("é", "t.ptx:1:1: unexpected character U+00E9")]
    [InlineData("0f3F8000", "t.ptx:1:1: '0f3F8000' is not a number; 0f is followed by 8 hexadecimal digits")]
    [InlineData("0dXX00000000000000", "t.ptx:1:1: '0dXX00000000000000' is not a number; 0d is followed by 16 hexadecimal digits")]
    [InlineData("09", "t.ptx:1:1: '09' is not a number")]
    [InlineData("0x", "t.ptx:1:1: '0x' is not a number")]
    [InlineData("12ab", "t.ptx:1:1: '12ab' is not a number")]
    [InlineData("18446744073709551616", "t.ptx:1:1: an integer needs more than 64 bits")]
    [InlineData("/* ", "t.ptx:1:1: comment without closing */")]
    [InlineData("\"abc\n\"", "t.ptx:1:1: text without closing quote")]
    [InlineData(". x", "t.ptx:1:1: '.' without a name behind it")]
    public void RefusesWithThePlace(string text, string message) => Assert.Equal(message, Assert.Throws<PtxException>(() => Split(text)).Message);
}

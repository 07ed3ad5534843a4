using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>mov: every type, constants, packing and unpacking; lanes outside the mask.</summary>
public class AluMoveTests
{
    [Theory]
    [InlineData("b16", 2)]
    [InlineData("u16", 2)]
    [InlineData("s16", 2)]
    [InlineData("b32", 4)]
    [InlineData("u32", 4)]
    [InlineData("s32", 4)]
    [InlineData("f32", 4)]
    [InlineData("b64", 8)]
    [InlineData("u64", 8)]
    [InlineData("s64", 8)]
    [InlineData("f64", 8)]
    public void CopiesTheLanesOfTheMask(string name, int size)
    {
        var type = PtxTypes.Parse(name);
        ulong[] values = [.. Enumerable.Range(0, 32).Select(i => (0x0123456789ABCDEFul * (ulong)(i + 1)) & (ulong.MaxValue >> (64 - (8 * size))))];
        var rig = new AluRig().With("d", type, 77).With("a", type, values);
        rig.Run($"mov.{name} d, a", 0xF0F0_1234);
        for (var lane = 0; lane < 32; lane++) Assert.Equal((0xF0F0_1234u >> lane & 1) != 0 ? values[lane] : 77, rig.Bits("d")[lane]);
    }

    [Fact]
    public void PacksTheFirstRegisterIntoTheLowBits()
    {
        var rig = new AluRig().With("a", PtxType.B32, 0x11112222).With("b", PtxType.F32, 0x33334444).Declare("d", PtxType.B64);
        rig.Run("mov.b64 d, {a, b}");
        Assert.All(rig.Bits("d"), x => Assert.Equal(0x3333444411112222ul, x));
        rig = new AluRig().With("a", PtxType.B16, 1).With("b", PtxType.U16, 2).With("c", PtxType.S16, 3).With("e", PtxType.F16, 4).Declare("d", PtxType.F64);
        rig.Run("mov.b64 d, {a, b, c, e}");
        Assert.All(rig.Bits("d"), x => Assert.Equal(0x0004000300020001ul, x));
    }

    [Fact]
    public void UnpacksAndIgnoresTheSink()
    {
        var rig = new AluRig().With("a", PtxType.B32, 0x11112222).With("b", PtxType.B16, 9).With("c", PtxType.B16, 9);
        rig.Run("mov.b32 {b, c}, a", 0xFFFF);
        Assert.Equal((0x2222ul, 0x1111ul, 9ul, 9ul), (rig.Bits("b")[15], rig.Bits("c")[15], rig.Bits("b")[16], rig.Bits("c")[16]));
        rig.Run("mov.b32 {_, b}, a");
        Assert.Equal(0x1111ul, rig.Bits("b")[3]);
    }

    [Fact]
    public void Constants()
    {
        var rig = new AluRig().Declare("f", PtxType.F32).Declare("d", PtxType.F64).Declare("s", PtxType.S64).Declare("h", PtxType.U16);
        rig.RunAll(uint.MaxValue, "mov.f32 f, 0f3FC00000", "mov.f64 d, 0d3FF8000000000000", "mov.s64 s, -5", "mov.u16 h, 65535");
        Assert.Equal((0x3FC00000ul, 0x3FF8000000000000ul, unchecked((ulong)-5), 0xFFFFul), (rig.Bits("f")[0], rig.Bits("d")[1], rig.Bits("s")[2], rig.Bits("h")[31]));
    }

    [Fact]
    public void Predicates()
    {
        var rig = new AluRig().WithPredicate("p", 0x0F0F_0F0F).WithPredicate("q", 0x00FF_00FF).WithPredicate("d", 0);
        rig.Run("and.pred d, p, !q", 0xFFFF_0000);
        Assert.Equal(0x0F00_0000u, rig.Predicate("d"));
        rig.Run("xor.pred d, p, q");
        Assert.Equal(0x0FF0_0FF0u, rig.Predicate("d"));
        rig.Run("or.pred d, p, q");
        Assert.Equal(0x0FFF_0FFFu, rig.Predicate("d"));
        rig.Run("not.pred d, p");
        Assert.Equal(0xF0F0_F0F0u, rig.Predicate("d"));
        rig.Run("mov.pred d, q");
        Assert.Equal(0x00FF_00FFu, rig.Predicate("d"));
        rig.Run("xor.pred d, 1, q");
        Assert.Equal(0xFF00_FF00u, rig.Predicate("d"));
        rig.Run("mov.pred d, 0");
        Assert.Equal(0u, rig.Predicate("d"));
        rig.Run("mov.pred d, q");
        rig.Run("mov.pred d, 1", 3);
        Assert.Equal(0x00FF_00FFu | 3, rig.Predicate("d"));
    }

    [Theory]
    [InlineData("mov.b32 d, {a, b, b}")]
    [InlineData("mov.u32 d, {b, b}")]
    [InlineData("mov.b32 d, {a, a}")]
    [InlineData("mov.b64 d, a")]
    [InlineData("mov.b32 d, a, b")]
    [InlineData("mov.rn.f32 d, a")]
    [InlineData("mov.f32 u, a")]
    [InlineData("mov.b32 d, p")]
    [InlineData("mov.pred p, a")]
    [InlineData("mov.b8 d, a")]
    [InlineData("mov.b16 b, 0f3F800000")]
    public void Refuses(string text)
    {
        var rig = new AluRig().With("a", PtxType.B32, 1).With("b", PtxType.B16, 1).WithPredicate("p", 1).Declare("d", PtxType.B32).Declare("u", PtxType.U32);
        var message = rig.Refusal(text);
        Assert.StartsWith("test.ptx:1:1: ", message);
        Assert.DoesNotContain('\n', message);
    }
}

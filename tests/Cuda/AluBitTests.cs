using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Bitwise instructions against definitions bit by bit.</summary>
public class AluBitTests
{
    private static ulong[] Words(int width, int seed, int count = 320) => AluIntegerTests.Samples(width, seed, count);

    private static ulong[] Amounts(int seed, int count = 320)
    {
        var generator = new Random(seed);
        uint[] edges = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, 257, 0x80000000, 0xFFFFFFFF];
        return [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? edges[generator.Next(edges.Length)] : (ulong)generator.Next(70))];
    }

    private static bool Bit(ulong x, long i) => i is >= 0 and < 64 && (x >> (int)i & 1) != 0;

    /// <summary>A word from a rule for each bit.</summary>
    private static ulong FromBits(int width, Func<int, bool> bit)
    {
        var result = 0ul;
        for (var i = 0; i < width; i++) result |= bit(i) ? 1ul << i : 0;
        return result;
    }

    [Theory]
    [InlineData("b16", 16)]
    [InlineData("b32", 32)]
    [InlineData("b64", 64)]
    public void Logic(string type, int width)
    {
        var ptx = PtxTypes.Parse(type);
        ulong[] a = Words(width, 1), b = Words(width, 2);
        var mask = ulong.MaxValue >> (64 - width);
        Assert.Equal(a.Select((x, i) => x & b[i]), AluRig.Map($"and.{type}", ptx, (ptx, a), (ptx, b)));
        Assert.Equal(a.Select((x, i) => x | b[i]), AluRig.Map($"or.{type}", ptx, (ptx, a), (ptx, b)));
        Assert.Equal(a.Select((x, i) => x ^ b[i]), AluRig.Map($"xor.{type}", ptx, (ptx, a), (ptx, b)));
        Assert.Equal(a.Select(x => ~x & mask), AluRig.Map($"not.{type}", ptx, (ptx, a)));
        Assert.Equal(a.Select(x => x == 0 ? 1ul : 0), AluRig.Map($"cnot.{type}", ptx, (ptx, a)));
    }

    [Theory]
    [InlineData("b16", 16)]
    [InlineData("u16", 16)]
    [InlineData("s16", 16)]
    [InlineData("b32", 32)]
    [InlineData("u32", 32)]
    [InlineData("s32", 32)]
    [InlineData("b64", 64)]
    [InlineData("u64", 64)]
    [InlineData("s64", 64)]
    public void ShiftsClampTheirAmount(string type, int width)
    {
        var ptx = PtxTypes.Parse(type);
        ulong[] a = Words(width, 3), n = Amounts(4);
        if (type[0] == 'b')
            Assert.Equal(a.Select((x, k) => FromBits(width, i => Bit(x, i - (long)n[k]))), AluRig.Map($"shl.{type}", ptx, (ptx, a), (PtxType.U32, n)));
        Assert.Equal(
            a.Select((x, k) => FromBits(width, i => i + (long)n[k] < width ? Bit(x, i + (long)n[k]) : type[0] == 's' && Bit(x, width - 1))),
            AluRig.Map($"shr.{type}", ptx, (ptx, a), (PtxType.U32, n)));
    }

    [Theory]
    [InlineData("clamp")]
    [InlineData("wrap")]
    public void FunnelShifts(string mode)
    {
        ulong[] a = Words(32, 5), b = Words(32, 6), n = Amounts(7);
        (PtxType, ulong[])[] operands = [(PtxType.B32, a), (PtxType.B32, b), (PtxType.U32, n)];
        long Amount(int k) => mode == "wrap" ? (long)(n[k] % 32) : (long)Math.Min(n[k], 32);
        ulong Both(int k) => b[k] << 32 | a[k];
        Assert.Equal(a.Select((_, k) => FromBits(32, i => Bit(Both(k), i + 32 - Amount(k)))), AluRig.Map($"shf.l.{mode}.b32", PtxType.B32, operands));
        Assert.Equal(a.Select((_, k) => FromBits(32, i => Bit(Both(k), i + Amount(k)))), AluRig.Map($"shf.r.{mode}.b32", PtxType.B32, operands));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void CountsAndReversal(int width)
    {
        var type = PtxTypes.Parse($"b{width}");
        ulong[] a = [.. Words(width, 8), .. Enumerable.Range(0, width).Select(i => 1ul << i)];
        Assert.Equal(a.Select(x => (ulong)Enumerable.Range(0, width).Count(i => Bit(x, i))), AluRig.Map($"popc.b{width}", PtxType.U32, (type, a)));
        Assert.Equal(a.Select(x => (ulong)Enumerable.Range(0, width).TakeWhile(i => !Bit(x, width - 1 - i)).Count()), AluRig.Map($"clz.b{width}", PtxType.U32, (type, a)));
        Assert.Equal(a.Select(x => FromBits(width, i => Bit(x, width - 1 - i))), AluRig.Map($"brev.b{width}", type, (type, a)));
        foreach (var sign in new[] { "u", "s" })
        {
            ulong Position(ulong x)
            {
                var skip = sign == "s" && Bit(x, width - 1);
                for (var i = width - 1; i >= 0; i--)
                    if (Bit(x, i) != skip) return (ulong)i;
                return uint.MaxValue;
            }

            var source = (PtxTypes.Parse($"{sign}{width}"), a);
            Assert.Equal(a.Select(Position), AluRig.Map($"bfind.{sign}{width}", PtxType.U32, source));
            Assert.Equal(a.Select(x => Position(x) is var p && p == uint.MaxValue ? p : (ulong)width - 1 - p), AluRig.Map($"bfind.shiftamt.{sign}{width}", PtxType.U32, source));
        }
    }

    [Theory]
    [InlineData("u32", 32)]
    [InlineData("s32", 32)]
    [InlineData("u64", 64)]
    [InlineData("s64", 64)]
    public void FieldsAreExtracted(string type, int width)
    {
        ulong[] a = Words(width, 9, 640), b = Amounts(10, 640), c = Amounts(11, 640);
        var ptx = PtxTypes.Parse(type);
        var results = AluRig.Map($"bfe.{type}", ptx, (ptx, a), (PtxType.U32, b), (PtxType.U32, c));
        for (var k = 0; k < a.Length; k++)
        {
            int start = (int)(b[k] & 255), length = (int)(c[k] & 255);
            var sign = type[0] == 's' && length > 0 && Bit(a[k], Math.Min(start + length - 1, width - 1));
            Assert.Equal(FromBits(width, i => i < length && start + i < width ? Bit(a[k], start + i) : sign), results[k]);
        }
    }

    [Theory]
    [InlineData("b32", 32)]
    [InlineData("b64", 64)]
    public void FieldsAreInserted(string type, int width)
    {
        ulong[] a = Words(width, 12, 640), b = Words(width, 13, 640), c = Amounts(14, 640), e = Amounts(15, 640);
        var ptx = PtxTypes.Parse(type);
        var results = AluRig.Map($"bfi.{type}", ptx, (ptx, a), (ptx, b), (PtxType.U32, c), (PtxType.U32, e));
        for (var k = 0; k < a.Length; k++)
        {
            int start = (int)(c[k] & 255), length = (int)(e[k] & 255);
            Assert.Equal(FromBits(width, i => i >= start && i - start < length ? Bit(a[k], i - start) : Bit(b[k], i)), results[k]);
        }
    }

    [Theory]
    [InlineData("clamp")]
    [InlineData("wrap")]
    public void MasksAndExtensions(string mode)
    {
        ulong[] a = Amounts(16, 640), b = Amounts(17, 640), x = Words(32, 18, 640);
        ulong Reduced(ulong n) => mode == "wrap" ? n % 32 : n;
        Assert.Equal(
            a.Select((_, k) => FromBits(32, i => (ulong)i >= Reduced(a[k]) && (ulong)i < Reduced(a[k]) + Reduced(b[k]))),
            AluRig.Map($"bmsk.{mode}.b32", PtxType.B32, (PtxType.B32, a), (PtxType.B32, b)));
        Assert.Equal(
            x.Select((v, k) => FromBits(32, i => (ulong)i < Reduced(b[k]) && Bit(v, i))),
            AluRig.Map($"szext.{mode}.u32", PtxType.U32, (PtxType.U32, x), (PtxType.U32, b)));
        Assert.Equal(
            x.Select((v, k) => FromBits(32, i => Reduced(b[k]) != 0 && Bit(v, (long)Math.Min((ulong)i, Reduced(b[k]) - 1)))),
            AluRig.Map($"szext.{mode}.s32", PtxType.S32, (PtxType.S32, x), (PtxType.U32, b)));
    }

    [Fact]
    public void NthSetBit()
    {
        //            mask        base offset
        ulong[] mask = [0b1011_0100, 0b1011_0100, 0b1011_0100, 0b1011_0100, 0b1011_0100, 0b1011_0100, 0b1011_0100, 0, 0xFFFFFFFF, 0x80000001];
        ulong[] from = [0, 0, 2, 3, 7, 7, 2, 0, 31, 31];
        int[] offset = [1, 3, 0, 0, -1, -3, 4, 1, -32, -2];
        ulong[] expected = [2, 5, 2, uint.MaxValue, 7, 4, 7, uint.MaxValue, 0, 0];
        var signed = offset.Select(x => (ulong)(uint)x).ToArray();
        Assert.Equal(expected, AluRig.Map("fns.b32", PtxType.B32, (PtxType.B32, mask), (PtxType.B32, from), (PtxType.S32, signed)));
    }

    [Fact]
    public void EveryTruthTable()
    {
        ulong[] a = Words(32, 19, 32), b = Words(32, 20, 32), c = Words(32, 21, 32);
        for (var table = 0; table < 256; table++)
        {
            var rig = new AluRig().With("a", PtxType.B32, a).With("b", PtxType.B32, b).With("c", PtxType.B32, c).Declare("d", PtxType.B32);
            rig.Run($"lop3.b32 d, a, b, c, {table}");
            Assert.Equal(
                a.Select((_, k) => FromBits(32, i => Bit((ulong)table, (Bit(a[k], i) ? 4 : 0) + (Bit(b[k], i) ? 2 : 0) + (Bit(c[k], i) ? 1 : 0)))),
                rig.Bits("d"));
        }
    }

    [Fact]
    public void TruthTableWithPredicate()
    {
        var rig = new AluRig().With("a", PtxType.B32, 0, 1).With("b", PtxType.B32, 1).WithPredicate("p", 0).WithPredicate("q", 0x3).Declare("d", PtxType.B32);
        rig.Run("lop3.or.b32 d|p, a, b, b, 128, q", 0xFFFF);
        Assert.Equal(0x0000AAABu, rig.Predicate("p"));
        rig.Run("lop3.and.b32 d|p, a, b, b, 128, !q");
        Assert.Equal(0xAAAAAAA8u, rig.Predicate("p"));
        Assert.Equal((0ul, 1ul), (rig.Bits("d")[0], rig.Bits("d")[1]));
    }

    [Fact]
    public void PermutesBytes()
    {
        ulong[] a = [0x83828180], b = [0x07060504];
        ulong Run(string mode, uint c) => AluRig.Map($"prmt.b32{mode}", PtxType.B32, (PtxType.B32, a), (PtxType.B32, b), (PtxType.B32, [c]))[0];
        Assert.Equal(0x83828180ul, Run("", 0x3210));
        Assert.Equal(0x80040781ul, Run("", 0x0471));
        Assert.Equal(0xFFFF0000ul, Run("", 0x89CF));
        Assert.Equal([0x83828180ul, 0x04838281, 0x05048382, 0x06050483], Enumerable.Range(0, 4).Select(c => Run(".f4e", (uint)c)));
        Assert.Equal([0x05060780ul, 0x06078081, 0x07808182, 0x80818283], Enumerable.Range(0, 4).Select(c => Run(".b4e", (uint)c + 4)));
        Assert.Equal([0x80808080ul, 0x81818181, 0x82828282, 0x83838383], Enumerable.Range(0, 4).Select(c => Run(".rc8", (uint)c)));
        Assert.Equal([0x83828180ul, 0x83828181, 0x83828282, 0x83838383], Enumerable.Range(0, 4).Select(c => Run(".ecl", (uint)c)));
        Assert.Equal([0x80808080ul, 0x81818180, 0x82828180, 0x83828180], Enumerable.Range(0, 4).Select(c => Run(".ecr", (uint)c)));
        Assert.Equal([0x81808180ul, 0x83828382, 0x81808180, 0x83828382], Enumerable.Range(0, 4).Select(c => Run(".rc16", (uint)c)));
    }
}

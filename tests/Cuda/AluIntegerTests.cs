using System.Numerics;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Integer arithmetic of every width against <see cref="BigInteger"/>.</summary>
public class AluIntegerTests
{
    private static readonly string[] Types = ["u16", "s16", "u32", "s32", "u64", "s64"];

    public static TheoryData<string> AllTypes() => [.. Types];

    private static int Width(string type) => int.Parse(type.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    internal static ulong[] Samples(int width, int seed, int count)
    {
        var mask = ulong.MaxValue >> (64 - width);
        var generator = new Random(seed);
        ulong[] edges = [0, 1, 2, 3, mask, mask - 1, mask >> 1, (mask >> 1) + 1, (mask >> 1) + 2, 0x55555555_55555555 & mask];
        return [.. Enumerable.Range(0, count).Select(i => generator.Next(3) switch
        {
            0 => edges[generator.Next(edges.Length)],
            1 => (ulong)generator.NextInt64() & mask & 0xFFFF,
            _ => ((ulong)generator.NextInt64() << 1 ^ (ulong)generator.NextInt64()) & mask,
        })];
    }

    private static BigInteger Value(ulong bits, string type) =>
        type[0] == 's' && (bits >> (Width(type) - 1) & 1) != 0 ? bits - (BigInteger.One << Width(type)) : bits;

    private static ulong Cut(BigInteger value, int width) => (ulong)(value & ((BigInteger.One << width) - 1));

    private static void Check(string opcode, string type, string result, Func<BigInteger, BigInteger, BigInteger, BigInteger> expected, bool third = false, bool wideC = false)
    {
        var width = Width(type);
        ulong[] a = Samples(width, 1, 400), b = Samples(width, 2, 400), c = Samples(wideC ? 2 * width : width, 3, 400);
        PtxType source = PtxTypes.Parse(type), target = PtxTypes.Parse(result), addend = PtxTypes.Parse(wideC ? result : type);
        var results = third
            ? AluRig.Map($"{opcode}.{type}", target, (source, a), (source, b), (addend, c))
            : AluRig.Map($"{opcode}.{type}", target, (source, a), (source, b));
        for (var i = 0; i < a.Length; i++)
        {
            var exact = expected(Value(a[i], type), Value(b[i], type), Value(c[i], wideC ? result : type));
            Assert.True(Cut(exact, 8 * target.Size) == results[i], $"{opcode}.{type} {a[i]:X}, {b[i]:X}, {c[i]:X} = {results[i]:X}, expected {exact}");
        }
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void SumsProductsAndQuotients(string type)
    {
        var width = Width(type);
        Check("add", type, type, (a, b, _) => a + b);
        Check("sub", type, type, (a, b, _) => a - b);
        Check("mul.lo", type, type, (a, b, _) => a * b);
        Check("mul.hi", type, type, (a, b, _) => (a * b) >> width);
        Check("mad.lo", type, type, (a, b, c) => (a * b) + c, third: true);
        Check("mad.hi", type, type, (a, b, c) => ((a * b) >> width) + c, third: true);
        Check("sad", type, type, (a, b, c) => c + BigInteger.Abs(a - b), third: true);
        Check("min", type, type, (a, b, _) => BigInteger.Min(a, b));
        Check("max", type, type, (a, b, _) => BigInteger.Max(a, b));
        Check("div", type, type, (a, b, _) => b.IsZero ? -1 : BigInteger.Divide(a, b));
        Check("rem", type, type, (a, b, _) => b.IsZero ? -1 : BigInteger.Remainder(a, b));
    }

    [Theory]
    [InlineData("u16", "u32")]
    [InlineData("s16", "s32")]
    [InlineData("u32", "u64")]
    [InlineData("s32", "s64")]
    public void Wide(string type, string result)
    {
        Check("mul.wide", type, result, (a, b, _) => a * b);
        Check("mad.wide", type, result, (a, b, c) => (a * b) + c, third: true, wideC: true);
    }

    [Fact]
    public void Saturating()
    {
        static BigInteger Clamp(BigInteger x) => BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, x));
        Check("add.sat", "s32", "s32", (a, b, _) => Clamp(a + b));
        Check("sub.sat", "s32", "s32", (a, b, _) => Clamp(a - b));
        Check("mad.hi.sat", "s32", "s32", (a, b, c) => Clamp(((a * b) >> 32) + c), third: true);
        Check("min.relu", "s32", "s32", (a, b, _) => BigInteger.Max(0, BigInteger.Min(a, b)));
        Check("max.relu", "s32", "s32", (a, b, _) => BigInteger.Max(0, BigInteger.Max(a, b)));
    }

    [Theory]
    [InlineData("s16")]
    [InlineData("s32")]
    [InlineData("s64")]
    public void Signs(string type)
    {
        var a = Samples(Width(type), 4, 200);
        var ptx = PtxTypes.Parse(type);
        Assert.Equal(a.Select(x => Cut(-Value(x, type), Width(type))), AluRig.Map($"neg.{type}", ptx, (ptx, a)));
        Assert.Equal(a.Select(x => Cut(BigInteger.Abs(Value(x, type)), Width(type))), AluRig.Map($"abs.{type}", ptx, (ptx, a)));
    }

    [Theory]
    [InlineData("u32", 32)]
    [InlineData("s32", 32)]
    [InlineData("u64", 64)]
    [InlineData("s64", 64)]
    public void CarriesRunThroughThreeWords(string type, int width)
    {
        var ptx = PtxTypes.Parse(type);
        var generator = Enumerable.Range(0, 6).Select(i => Samples(width, 10 + i, 320)).ToArray();
        foreach (var (first, middle, last) in new[] { ("add.cc", "addc.cc", "addc"), ("sub.cc", "subc.cc", "subc") })
        {
            for (var at = 0; at < 320; at += 32)
            {
                var rig = new AluRig();
                for (var i = 0; i < 3; i++)
                    rig.With($"a{i}", ptx, generator[i][at..(at + 32)]).With($"b{i}", ptx, generator[3 + i][at..(at + 32)]).Declare($"d{i}", ptx);
                rig.RunAll(uint.MaxValue, $"{first}.{type} d0, a0, b0", $"{middle}.{type} d1, a1, b1", $"{last}.{type} d2, a2, b2");
                for (var lane = 0; lane < 32; lane++)
                {
                    BigInteger Whole(int from) => generator[from][at + lane] + ((BigInteger)generator[from + 1][at + lane] << width)
                        + ((BigInteger)generator[from + 2][at + lane] << (2 * width));
                    var exact = first[0] == 'a' ? Whole(0) + Whole(3) : Whole(0) - Whole(3);
                    for (var i = 0; i < 3; i++) Assert.Equal(Cut(exact >> (i * width), width), rig.Bits($"d{i}")[lane]);
                }
            }
        }
    }

    [Theory]
    [InlineData("u32", 32)]
    [InlineData("u64", 64)]
    public void LongMultiplicationByMadWithCarry(string type, int width)
    {
        // {d2, d1, d0} = {a1, a0} · b + {0, c1, c0}
        var ptx = PtxTypes.Parse(type);
        ulong[][] v = [.. Enumerable.Range(0, 5).Select(i => Samples(width, 20 + i, 32))];
        var rig = new AluRig().With("a0", ptx, v[0]).With("a1", ptx, v[1]).With("b", ptx, v[2]).With("c0", ptx, v[3]).With("c1", ptx, v[4]);
        rig.Declare("d0", ptx).Declare("d1", ptx).Declare("d2", ptx);
        rig.RunAll(uint.MaxValue, $"mad.lo.cc.{type} d0, a0, b, c0", $"madc.hi.cc.{type} d1, a0, b, c1", $"madc.hi.{type} d2, a1, b, 0",
            $"mad.lo.cc.{type} d1, a1, b, d1", $"addc.{type} d2, d2, 0");
        for (var lane = 0; lane < 32; lane++)
        {
            var a = v[0][lane] + ((BigInteger)v[1][lane] << width);
            var exact = (a * v[2][lane]) + v[3][lane] + ((BigInteger)v[4][lane] << width);
            Assert.Equal((Cut(exact, width), Cut(exact >> width, width), Cut(exact >> (2 * width), width)), (rig.Bits("d0")[lane], rig.Bits("d1")[lane], rig.Bits("d2")[lane]));
        }
    }

    [Theory]
    [InlineData("u32")]
    [InlineData("s32")]
    public void Multiply24(string type)
    {
        BigInteger Low24(BigInteger x)
        {
            var low = x & 0xFFFFFF;
            return type == "s32" && low >= 0x800000 ? low - 0x1000000 : low;
        }

        Check("mul24.lo", type, type, (a, b, _) => Low24(a) * Low24(b));
        Check("mul24.hi", type, type, (a, b, _) => (Low24(a) * Low24(b)) >> 16);
        Check("mad24.lo", type, type, (a, b, c) => (Low24(a) * Low24(b)) + c, third: true);
        Check("mad24.hi", type, type, (a, b, c) => ((Low24(a) * Low24(b)) >> 16) + c, third: true);
    }

    [Theory]
    [InlineData("u32", "u32")]
    [InlineData("u32", "s32")]
    [InlineData("s32", "u32")]
    [InlineData("s32", "s32")]
    public void DotProducts(string left, string right)
    {
        ulong[] a = Samples(32, 5, 200), b = Samples(32, 6, 200), c = Samples(32, 7, 200);
        static BigInteger Part(ulong x, int at, int width, string type) => Value(x >> (at * width) & ((1ul << width) - 1), $"{type[0]}{width}");
        (PtxType, ulong[])[] operands = [(PtxType.B32, a), (PtxType.B32, b), (PtxType.B32, c)];
        var four = AluRig.Map($"dp4a.{left}.{right}", PtxType.B32, operands);
        var low = AluRig.Map($"dp2a.lo.{left}.{right}", PtxType.B32, operands);
        var high = AluRig.Map($"dp2a.hi.{left}.{right}", PtxType.B32, operands);
        for (var i = 0; i < a.Length; i++)
        {
            BigInteger x = c[i], y = c[i], z = c[i];
            for (var k = 0; k < 4; k++) x += Part(a[i], k, 8, left) * Part(b[i], k, 8, right);
            for (var k = 0; k < 2; k++)
            {
                y += Part(a[i], k, 16, left) * Part(b[i], k, 8, right);
                z += Part(a[i], k, 16, left) * Part(b[i], k + 2, 8, right);
            }

            Assert.Equal((Cut(x, 32), Cut(y, 32), Cut(z, 32)), (four[i], low[i], high[i]));
        }
    }

    [Theory]
    [InlineData("add.u16x2", "u16")]
    [InlineData("add.s16x2", "s16")]
    [InlineData("min.u16x2", "u16")]
    [InlineData("max.u16x2", "u16")]
    [InlineData("min.s16x2", "s16")]
    [InlineData("max.s16x2", "s16")]
    [InlineData("min.relu.s16x2", "s16")]
    [InlineData("max.relu.s16x2", "s16")]
    public void Pairs(string opcode, string type)
    {
        ulong[] a = Samples(32, 8, 200), b = Samples(32, 9, 200);
        var results = AluRig.Map(opcode, PtxType.B32, (PtxType.B32, a), (PtxType.B32, b));
        for (var i = 0; i < a.Length; i++)
        {
            var expected = 0ul;
            for (var half = 0; half < 32; half += 16)
            {
                BigInteger x = Value(a[i] >> half & 0xFFFF, type), y = Value(b[i] >> half & 0xFFFF, type);
                var value = opcode[..3] switch { "add" => x + y, "min" => BigInteger.Min(x, y), _ => BigInteger.Max(x, y) };
                if (opcode.Contains("relu", StringComparison.Ordinal)) value = BigInteger.Max(value, 0);
                expected |= Cut(value, 16) << half;
            }

            Assert.Equal(expected, results[i]);
        }
    }
}

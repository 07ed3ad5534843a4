using System.Numerics;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>setp, set, selp and slct.</summary>
public class AluCompareTests
{
    public static TheoryData<string> Types() => ["b16", "u16", "s16", "b32", "u32", "s32", "b64", "u64", "s64", "f16", "bf16", "f32", "f64"];

    private static FloatFormat? Float(string type) => type switch
    {
        "f16" => FloatFormat.F16,
        "bf16" => FloatFormat.BF16,
        "f32" => FloatFormat.F32,
        "f64" => FloatFormat.F64,
        _ => null,
    };

    private static (ulong[] A, ulong[] B) Operands(string type)
    {
        var generator = new Random(1);
        var values = Float(type)?.Samples(20, 1) ?? AluIntegerTests.Samples(8 * PtxTypes.Parse(type).Size, 1, 60);
        ulong[] Pick() => [.. Enumerable.Range(0, 192).Select(_ => values[generator.Next(values.Length)])];
        var (a, b) = (Pick(), Pick());
        for (var i = 0; i < a.Length; i += 5) b[i] = a[i];
        return (a, b);
    }

    private static string[] Operators(string type) => type[0] switch
    {
        _ when Float(type) is not null => ["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"],
        'b' => ["eq", "ne"],
        'u' => ["eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs"],
        _ => ["eq", "ne", "lt", "le", "gt", "ge"],
    };

    private static bool Holds(string type, string compare, ulong a, ulong b)
    {
        int order;
        if (Float(type) is { } format)
        {
            if (format.IsNaN(a) || format.IsNaN(b)) return compare.Length == 3 && compare != "num";
            if (compare is "num" or "nan") return compare == "num";
            order = (format.Value(a) - format.Value(b)).Sign;
        }
        else
        {
            var width = 8 * PtxTypes.Parse(type).Size;
            BigInteger Signed(ulong x) => type[0] == 's' && (x >> (width - 1)) != 0 ? x - (BigInteger.One << width) : x;
            order = Signed(a).CompareTo(Signed(b));
        }

        return compare switch
        {
            "eq" or "equ" => order == 0,
            "ne" or "neu" => order != 0,
            "lt" or "lo" or "ltu" => order < 0,
            "le" or "ls" or "leu" => order <= 0,
            "gt" or "hi" or "gtu" => order > 0,
            _ => order >= 0,
        };
    }

    private static PtxType Register(string type) => Float(type) is { Width: 16 } ? PtxType.B16 : PtxTypes.Parse(type);

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryOperator(string type)
    {
        var (a, b) = Operands(type);
        foreach (var compare in Operators(type))
        {
            for (var at = 0; at < a.Length; at += 32)
            {
                ulong[] x = a[at..(at + 32)], y = b[at..(at + 32)];
                var expected = 0u;
                for (var lane = 0; lane < 32; lane++) expected |= Holds(type, compare, x[lane], y[lane]) ? 1u << lane : 0;
                AluRig Rig() => new AluRig().With("a", Register(type), x).With("b", Register(type), y).WithPredicate("p", 0).WithPredicate("q", 0)
                    .WithPredicate("c", 0x33333333).Declare("d", PtxType.U32).Declare("f", PtxType.F32);
                var rig = Rig();
                rig.Run($"setp.{compare}.{type} p|q, a, b", 0x0FFFFFF0);
                Assert.Equal((expected & 0x0FFFFFF0, ~expected & 0x0FFFFFF0), (rig.Predicate("p"), rig.Predicate("q")));
                rig.Run($"setp.{compare}.and.{type} p|q, a, b, c");
                Assert.Equal((expected & 0x33333333, ~expected & 0x33333333), (rig.Predicate("p"), rig.Predicate("q")));
                rig.Run($"setp.{compare}.or.{type} p|q, a, b, !c");
                Assert.Equal((expected | 0xCCCCCCCC, ~expected | 0xCCCCCCCC), (rig.Predicate("p"), rig.Predicate("q")));
                rig.Run($"setp.{compare}.xor.{type} p, a, b, c");
                Assert.Equal(expected ^ 0x33333333, rig.Predicate("p"));
                rig.Run($"set.{compare}.u32.{type} d, a, b");
                Assert.Equal(Enumerable.Range(0, 32).Select(i => (expected >> i & 1) != 0 ? uint.MaxValue : 0ul), rig.Bits("d"));
                if (Register(type) == PtxType.B16 && Float(type) is not null) continue;
                rig.Run($"set.{compare}.xor.f32.{type} f, a, b, c");
                Assert.Equal(Enumerable.Range(0, 32).Select(i => ((expected ^ 0x33333333) >> i & 1) != 0 ? 0x3F800000ul : 0ul), rig.Bits("f"));
            }
        }
    }

    [Fact]
    public void PairsCompareHalfByHalf()
    {
        var rig = new AluRig().With("a", PtxType.B32, 0x3C00_4000, 0x7FFF_3C00).With("b", PtxType.B32, 0x4000_3C00, 0x3C00_3C00).WithPredicate("p", 0)
            .WithPredicate("q", 0).Declare("d", PtxType.B32);
        rig.Run("setp.lt.f16x2 p|q, a, b");
        Assert.Equal((0u, 0x55555555u), (rig.Predicate("p"), rig.Predicate("q")));
        rig.Run("set.geu.f16x2.f16x2 d, a, b");
        Assert.Equal((0x0000_3C00ul, 0x3C00_3C00ul), (rig.Bits("d")[0], rig.Bits("d")[1]));
        rig.Run("set.lt.u32.f16x2 d, a, b");
        Assert.Equal((0xFFFF_0000ul, 0ul), (rig.Bits("d")[0], rig.Bits("d")[1]));
        rig.Run("set.eq.bf16x2.bf16x2 d, a, a");
        Assert.Equal((0x3F80_3F80ul, 0x0000_3F80ul), (rig.Bits("d")[0], rig.Bits("d")[1]));
    }

    [Fact]
    public void SubnormalsAreZeroIfFlushed()
    {
        var rig = new AluRig().With("a", PtxType.F32, 1).With("z", PtxType.F32, 0x80000000).WithPredicate("p", 0);
        rig.Run("setp.gt.f32 p, a, z");
        Assert.Equal(uint.MaxValue, rig.Predicate("p"));
        rig.Run("setp.gt.ftz.f32 p, a, z");
        Assert.Equal(0u, rig.Predicate("p"));
    }

    [Theory]
    [InlineData("b16")]
    [InlineData("u32")]
    [InlineData("f32")]
    [InlineData("s64")]
    [InlineData("f64")]
    public void SelectByPredicate(string type)
    {
        var ptx = PtxTypes.Parse(type);
        ulong[] a = AluIntegerTests.Samples(8 * ptx.Size, 2, 32), b = AluIntegerTests.Samples(8 * ptx.Size, 3, 32);
        var rig = new AluRig().With("a", ptx, a).With("b", ptx, b).WithPredicate("p", 0xF00F1234).With("d", ptx, 5);
        rig.Run($"selp.{type} d, a, b, !p", 0x0FFFFFFF);
        for (var i = 0; i < 32; i++) Assert.Equal(i >= 28 ? 5 : (0xF00F1234u >> i & 1) != 0 ? b[i] : a[i], rig.Bits("d")[i]);
        rig.Run($"selp.{type} d, a, b, p");
        for (var i = 0; i < 32; i++) Assert.Equal((0xF00F1234u >> i & 1) != 0 ? a[i] : b[i], rig.Bits("d")[i]);
    }

    [Fact]
    public void SelectBySign()
    {
        foreach (var type in new[] { "b16", "s32", "f32", "u64", "f64" })
        {
            var ptx = PtxTypes.Parse(type);
            var rig = new AluRig().With("a", ptx, 1).With("b", ptx, 2).With("n", PtxType.S32, 0, 0xFFFFFFFF, 7, 0x80000000)
                .With("x", PtxType.F32, 0x80000000, 0x80000001, 0x7FC00000, 0x7F800000).Declare("d", ptx);
            rig.Run($"slct.{type}.s32 d, a, b, n");
            Assert.Equal([1ul, 2, 1, 2], rig.Bits("d")[..4]);
            rig.Run($"slct.{type}.f32 d, a, b, x");
            Assert.Equal([1ul, 2, 2, 1], rig.Bits("d")[..4]);
            rig.Run($"slct.ftz.{type}.f32 d, a, b, x");
            Assert.Equal([1ul, 1, 2, 1], rig.Bits("d")[..4]);
        }
    }
}

using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>Floating-point arithmetic in every rounding mode against exact integers.</summary>
public class AluFloatTests
{
    private static readonly (string Name, RoundingMode Mode)[] Modes =
        [("rn", RoundingMode.Nearest), ("rz", RoundingMode.Zero), ("rm", RoundingMode.Down), ("rp", RoundingMode.Up)];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var type in new[] { "f32", "f64" })
            foreach (var mode in Modes) cases.Add(type, mode.Name);
        return cases;
    }

    private static FloatFormat Format(string type) => type == "f32" ? FloatFormat.F32 : FloatFormat.F64;

    private static RoundingMode Mode(string name) => Modes.First(m => m.Name == name).Mode;

    private static (ulong[] A, ulong[] B) Pairs(FloatFormat format, int random)
    {
        var samples = format.Samples(0, 1);
        var (x, y) = (format.Samples(random, 2)[samples.Length..], format.Samples(random, 3)[samples.Length..]);
        var a = samples.SelectMany(s => Enumerable.Repeat(s, samples.Length)).Concat(x).ToArray();
        var b = Enumerable.Repeat(samples, samples.Length).SelectMany(s => s).Concat(y).ToArray();
        return (a, b);
    }

    private static void AssertNaN(FloatFormat format, ulong bits, string what)
    {
        if (format == FloatFormat.F32) Assert.True(bits == 0x7FFFFFFF, $"{what}: {bits:X} is not the canonical NaN");
        else Assert.True(format.IsNaN(bits), $"{what}: {bits:X} is not NaN");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SumDifferenceAndProduct(string type, string mode)
    {
        var format = Format(type);
        var (a, b) = Pairs(format, 1500);
        foreach (var opcode in new[] { "add", "sub", "mul" })
        {
            var results = AluRig.Map($"{opcode}.{mode}.{type}", format.Type, (format.Type, a), (format.Type, b));
            for (var i = 0; i < a.Length; i++)
            {
                var what = $"{opcode}.{mode}.{type} {a[i]:X}, {b[i]:X}";
                var right = opcode == "sub" ? b[i] ^ format.SignBit : b[i];
                if (!format.IsFinite(a[i]) || !format.IsFinite(b[i]))
                {
                    Special(format, opcode == "mul", a[i], right, results[i], what);
                    continue;
                }

                Dyadic x = format.Value(a[i]), y = format.Value(right);
                var exact = opcode == "mul" ? x * y : x + y;
                if (exact.Sign != 0) format.AssertRounded(results[i], v => (exact - v).Sign, Mode(mode), what);
                else if (opcode == "mul") Assert.True(results[i] == ((a[i] ^ b[i]) & format.SignBit), what);
                else Assert.True(results[i] == (ZeroIsNegative(format, a[i], right, mode) ? format.SignBit : 0), what);
            }
        }
    }

    /// <summary>An exact zero sum keeps the sign its terms share; else it is +0, in .rm −0.</summary>
    private static bool ZeroIsNegative(FloatFormat format, ulong a, ulong b, string mode) =>
        format.IsNegative(a) == format.IsNegative(b) && format.Magnitude(a) == 0 ? format.IsNegative(a) : mode == "rm";

    private static void Special(FloatFormat format, bool product, ulong a, ulong b, ulong result, string what)
    {
        var (infiniteA, infiniteB) = (format.Magnitude(a) == format.Infinity, format.Magnitude(b) == format.Infinity);
        if (format.IsNaN(a) || format.IsNaN(b)) AssertNaN(format, result, what);
        else if (product && (format.Magnitude(a) == 0 || format.Magnitude(b) == 0)) AssertNaN(format, result, what);
        else if (product) Assert.True(result == (format.Infinity | ((a ^ b) & format.SignBit)), what);
        else if (infiniteA && infiniteB && a != b) AssertNaN(format, result, what);
        else Assert.True(result == (infiniteA ? a : b), what);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void QuotientReciprocalAndRoot(string type, string mode)
    {
        var format = Format(type);
        var (a, b) = Pairs(format, 1500);
        var quotients = AluRig.Map($"div.{mode}.{type}", format.Type, (format.Type, a), (format.Type, b));
        for (var i = 0; i < a.Length; i++) Quotient(format, a[i], b[i], quotients[i], mode, $"div.{mode}.{type} {a[i]:X}, {b[i]:X}");
        var samples = format.Samples(1500, 4);
        var one = ((1ul << (format.ExponentBits - 1)) - 1) << format.MantissaBits;
        var reciprocals = AluRig.Map($"rcp.{mode}.{type}", format.Type, (format.Type, samples));
        var roots = AluRig.Map($"sqrt.{mode}.{type}", format.Type, (format.Type, samples));
        for (var i = 0; i < samples.Length; i++)
        {
            Quotient(format, one, samples[i], reciprocals[i], mode, $"rcp.{mode}.{type} {samples[i]:X}");
            var what = $"sqrt.{mode}.{type} {samples[i]:X}";
            if (format.Magnitude(samples[i]) == 0 || samples[i] == format.Infinity) Assert.True(roots[i] == samples[i], what);
            else if (format.IsNaN(samples[i]) || format.IsNegative(samples[i])) AssertNaN(format, roots[i], what);
            else format.AssertRounded(roots[i], v => v.Sign < 0 ? 1 : (format.Value(samples[i]) - (v * v)).Sign, Mode(mode), what);
        }
    }

    private static void Quotient(FloatFormat format, ulong a, ulong b, ulong result, string mode, string what)
    {
        var sign = (a ^ b) & format.SignBit;
        ulong left = format.Magnitude(a), right = format.Magnitude(b), infinity = format.Infinity;
        if (format.IsNaN(a) || format.IsNaN(b) || (left == 0 && right == 0) || (left == infinity && right == infinity)) AssertNaN(format, result, what);
        else if (left == infinity || right == 0) Assert.True(result == (infinity | sign), what);
        else if (right == infinity || left == 0) Assert.True(result == sign, what);
        else
        {
            Dyadic x = format.Value(a), y = format.Value(b);
            format.AssertRounded(result, v => (x - (v * y)).Sign * y.Sign, Mode(mode), what);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FusedMultiplyAdd(string type, string mode)
    {
        var format = Format(type);
        var (a, b) = Pairs(format, 2000);
        var generator = new Random(5);
        var addends = format.Samples(200, 6);
        // A third of the addends nearly cancel the product.
        ulong[] c = [.. a.Select((_, i) => i % 3 == 0 ? Product(format, a[i], b[i]) ^ format.SignBit ^ (ulong)generator.Next(2) : addends[generator.Next(addends.Length)])];
        foreach (var opcode in new[] { "fma", "mad" })
        {
            var results = AluRig.Map($"{opcode}.{mode}.{type}", format.Type, (format.Type, a), (format.Type, b), (format.Type, c));
            for (var i = 0; i < a.Length; i++)
            {
                var what = $"{opcode}.{mode}.{type} {a[i]:X}, {b[i]:X}, {c[i]:X}";
                if (!format.IsFinite(a[i]) || !format.IsFinite(b[i]) || !format.IsFinite(c[i])) continue;
                var product = format.Value(a[i]) * format.Value(b[i]);
                var exact = product + format.Value(c[i]);
                if (exact.Sign != 0) format.AssertRounded(results[i], v => (exact - v).Sign, Mode(mode), what);
                else Assert.True(results[i] == (FusedZero(format, a[i] ^ b[i], product.Sign == 0, c[i], mode) ? format.SignBit : 0), what);
            }
        }
    }

    private static ulong Product(FloatFormat format, ulong a, ulong b) => format == FloatFormat.F32
        ? BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)a) * BitConverter.UInt32BitsToSingle((uint)b))
        : BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) * BitConverter.UInt64BitsToDouble(b));

    private static bool FusedZero(FloatFormat format, ulong productSign, bool zeros, ulong c, string mode) =>
        zeros && format.IsNegative(productSign) == format.IsNegative(c) ? format.IsNegative(c) : mode == "rm";

    [Fact]
    public void FusedMultiplyAddOfInfinityAndNaN()
    {
        const ulong inf = 0x7F800000, one = 0x3F800000, minus = 0x80000000;
        ulong[] a = [inf, inf, inf, 0, one, one | minus, 0x7F800001, one];
        ulong[] b = [one, one, 0, inf, one, inf, one, one];
        ulong[] c = [one, inf | minus, one, one, inf | minus, 0, one, 0xFFC00000];
        ulong[] expected = [inf, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, inf | minus, inf | minus, 0x7FFFFFFF, 0x7FFFFFFF];
        foreach (var mode in Modes)
            Assert.Equal(expected, AluRig.Map($"fma.{mode.Name}.f32", PtxType.F32, (PtxType.F32, a), (PtxType.F32, b), (PtxType.F32, c)));
    }

    [Theory]
    [InlineData("add.rn")]
    [InlineData("sub.rm")]
    [InlineData("mul.rn")]
    [InlineData("mul.rz")]
    [InlineData("div.rn")]
    [InlineData("div.rp")]
    [InlineData("min")]
    [InlineData("max.NaN")]
    public void FlushAndSaturate(string opcode)
    {
        var (a, b) = Pairs(FloatFormat.F32, 1000);
        (PtxType, ulong[]) x = (PtxType.F32, a), y = (PtxType.F32, b);
        var flushed = AluRig.Map($"{opcode}.ftz.f32", PtxType.F32, x, y);
        var plain = AluRig.Map($"{opcode}.f32", PtxType.F32, (PtxType.F32, [.. a.Select(Flush)]), (PtxType.F32, [.. b.Select(Flush)]));
        for (var i = 0; i < a.Length; i++) Assert.Equal(Flush(plain[i]), flushed[i]);
        if (opcode[0] is 'm' or 'd' && !opcode.StartsWith("mul", StringComparison.Ordinal)) return;
        var saturated = AluRig.Map($"{opcode}.sat.f32", PtxType.F32, x, y);
        var both = AluRig.Map($"{opcode}.ftz.sat.f32", PtxType.F32, x, y);
        plain = AluRig.Map($"{opcode}.f32", PtxType.F32, x, y);
        for (var i = 0; i < a.Length; i++) Assert.Equal((Clamp(plain[i]), Clamp(flushed[i])), (saturated[i], both[i]));
    }

    private static ulong Flush(ulong bits) => (bits & 0x7F800000) == 0 ? bits & 0x80000000 : bits;

    private static ulong Clamp(ulong bits) => bits > 0x7F800000 ? 0 : Math.Min(bits, 0x3F800000);

    [Theory]
    [InlineData("f32")]
    [InlineData("f64")]
    public void MinAndMax(string type)
    {
        var format = Format(type);
        var (a, b) = Pairs(format, 300);
        foreach (var (opcode, propagate, signs) in new[] { ("min", false, false), ("max", false, false), ("min.NaN", true, false), ("max.NaN", true, false),
            ("min.xorsign.abs", false, true), ("max.NaN.xorsign.abs", true, true) })
        {
            if (type == "f64" && opcode.Length > 3) continue;
            var results = AluRig.Map($"{opcode}.{type}", format.Type, (format.Type, a), (format.Type, b));
            for (var i = 0; i < a.Length; i++)
            {
                var what = $"{opcode}.{type} {a[i]:X}, {b[i]:X} = {results[i]:X}";
                var (x, y) = signs ? (format.Magnitude(a[i]), format.Magnitude(b[i])) : (a[i], b[i]);
                var sign = signs ? (a[i] ^ b[i]) & format.SignBit : 0;
                if (format.IsNaN(x) && format.IsNaN(y) || (propagate && (format.IsNaN(x) || format.IsNaN(y)))) AssertNaN(format, results[i], what);
                else if (format.IsNaN(x)) Assert.True(results[i] == (y | sign), what);
                else if (format.IsNaN(y)) Assert.True(results[i] == (x | sign), what);
                else Assert.True(results[i] == ((Key(format, x) < Key(format, y) == opcode.StartsWith("min", StringComparison.Ordinal) ? x : y) | sign), what);
            }
        }
    }

    /// <summary>Order of numbers with −0 below +0.</summary>
    private static long Key(FloatFormat format, ulong bits) => format.IsNegative(bits) ? -(long)format.Magnitude(bits) - 1 : (long)bits;

    [Theory]
    [InlineData("f32")]
    [InlineData("f64")]
    public void SignsAndProperties(string type)
    {
        var format = Format(type);
        var a = format.Samples(200, 7);
        var b = a.Reverse().ToArray();
        Assert.Equal(a.Select(x => x ^ format.SignBit), AluRig.Map($"neg.{type}", format.Type, (format.Type, a)));
        Assert.Equal(a.Select(format.Magnitude), AluRig.Map($"abs.{type}", format.Type, (format.Type, a)));
        Assert.Equal(a.Select((x, i) => (x & format.SignBit) | format.Magnitude(b[i])), AluRig.Map($"copysign.{type}", format.Type, (format.Type, a), (format.Type, b)));
        var least = 1ul << format.MantissaBits;
        foreach (var (name, holds) in new (string, Func<ulong, bool>)[]
        {
            ("finite", format.IsFinite), ("infinite", x => format.Magnitude(x) == format.Infinity), ("number", x => !format.IsNaN(x)), ("notanumber", format.IsNaN),
            ("normal", x => format.IsFinite(x) && (format.Magnitude(x) >= least || format.Magnitude(x) == 0)),
            ("subnormal", x => format.Magnitude(x) is var m && m > 0 && m < least),
        })
        {
            for (var at = 0; at + 32 <= a.Length; at += 32)
            {
                var rig = new AluRig().With("a", format.Type, a[at..(at + 32)]).WithPredicate("p", 0xAAAAAAAA);
                rig.Run($"testp.{name}.{type} p, a", 0x0FFFFFFF);
                var expected = 0xA0000000u;
                for (var lane = 0; lane < 28; lane++) expected |= holds(a[at + lane]) ? 1u << lane : 0;
                Assert.Equal(expected, rig.Predicate("p"));
            }
        }
    }

    [Theory]
    [InlineData("add.f32", 1)]
    [InlineData("sub.rz.f32", 1)]
    [InlineData("mul.f64", 1)]
    [InlineData("mul.rz.f64", 1)]
    [InlineData("fma.rn.f32", 2)]
    [InlineData("fma.rm.f64", 2)]
    [InlineData("mad.rp.ftz.f32", 2)]
    [InlineData("div.full.f32", 1)]
    [InlineData("rcp.approx.ftz.f32", 1)]
    [InlineData("sqrt.rn.f64", 1)]
    [InlineData("ex2.approx.f32", 1)]
    [InlineData("min.f32", 0)]
    [InlineData("neg.f64", 0)]
    [InlineData("add.s32", 0)]
    [InlineData("fma.rn.f16x2", 4)]
    [InlineData("add.f16x2", 2)]
    [InlineData("mul.bf16", 1)]
    [InlineData("ex2.approx.f16x2", 2)]
    public void CountsOperations(string opcode, int flops)
    {
        var type = opcode[(opcode.LastIndexOf('.') + 1)..];
        var register = type switch { "f16x2" => PtxType.B32, "bf16" => PtxType.B16, "s32" => PtxType.S32, "f64" => PtxType.F64, _ => PtxType.F32 };
        var rig = new AluRig().With("a", register, 1).With("b", register, 1).With("c", register, 1).Declare("d", register);
        var operands = opcode[..3] switch { "fma" or "mad" => "d, a, b, c", "rcp" or "sqr" or "ex2" or "neg" => "d, a", _ => "d, a, b" };
        Assert.Equal(flops, rig.Run($"{opcode} {operands}").FlopsPerLane);
    }
}

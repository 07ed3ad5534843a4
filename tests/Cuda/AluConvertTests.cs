using System.Numerics;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>cvt between every pair of types against exact integers.</summary>
public class AluConvertTests
{
    private static readonly string[] Integers = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"];
    private static readonly FloatFormat[] Floats = [FloatFormat.F16, FloatFormat.BF16, FloatFormat.F32, FloatFormat.F64];

    private static readonly (string Name, RoundingMode Mode)[] Modes =
        [("rn", RoundingMode.Nearest), ("rz", RoundingMode.Zero), ("rm", RoundingMode.Down), ("rp", RoundingMode.Up)];

    public static TheoryData<string> IntegerTypes() => [.. Integers];

    public static TheoryData<string> FloatTypes() => [.. Floats.Select(f => f.Name)];

    private static int Width(string type) => int.Parse(type.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);

    private static PtxType Register(string type) => PtxTypes.Parse(type) is var ptx && ptx.Size == 1 ? PtxType.B16 : ptx.IsFloat && ptx.Size == 2 ? PtxType.B16 : ptx;

    private static BigInteger Value(ulong bits, string type)
    {
        var cut = bits & (ulong.MaxValue >> (64 - Width(type)));
        return type[0] == 's' && (cut >> (Width(type) - 1)) != 0 ? cut - (BigInteger.One << Width(type)) : cut;
    }

    private static (BigInteger Least, BigInteger Most) Range(string type) => type[0] == 's'
        ? (-(BigInteger.One << (Width(type) - 1)), (BigInteger.One << (Width(type) - 1)) - 1)
        : (0, (BigInteger.One << Width(type)) - 1);

    [Theory]
    [MemberData(nameof(IntegerTypes))]
    public void IntegerToInteger(string from)
    {
        var a = AluIntegerTests.Samples(Register(from).Size * 8, 1, 160);
        foreach (var to in Integers)
        {
            // The register of the result may be wider than its type: then it is extended.
            foreach (var register in new[] { Register(to), PtxType.B32, PtxType.U64 })
            {
                if (register.Size < Register(to).Size) continue;
                foreach (var saturates in new[] { false, true })
                {
                    var results = AluRig.Map($"cvt{(saturates ? ".sat" : "")}.{to}.{from}", register, (Register(from), a));
                    for (var i = 0; i < a.Length; i++)
                    {
                        var exact = Value(a[i], from);
                        var (least, most) = Range(to);
                        exact = saturates ? BigInteger.Max(least, BigInteger.Min(most, exact)) : Value((ulong)(exact & ulong.MaxValue), to);
                        Assert.Equal((ulong)(exact & ((BigInteger.One << (8 * register.Size)) - 1)), results[i]);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(IntegerTypes))]
    public void IntegerToFloat(string from)
    {
        ulong[] a = [.. AluIntegerTests.Samples(Register(from).Size * 8, 2, 160), 0x8000000000000401, 0x8000004000000001, 0x7FFFFFFFFFFFFFFF, 0x0100000100000001];
        foreach (var to in Floats)
        {
            foreach (var (name, mode) in Modes)
            {
                var results = AluRig.Map($"cvt.{name}.{to.Name}.{from}", Register(to.Name), (Register(from), a));
                for (var i = 0; i < a.Length; i++)
                {
                    var exact = new Dyadic(Value(a[i], from), 0);
                    if (exact.Sign == 0) Assert.Equal(0ul, results[i]);
                    else to.AssertRounded(results[i], v => (exact - v).Sign, mode, $"cvt.{name}.{to.Name}.{from} {a[i]:X}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void FloatToInteger(string type)
    {
        var from = Floats.First(f => f.Name == type);
        var a = from.Samples(400, 3);
        foreach (var to in Integers)
        {
            foreach (var (name, mode) in Modes)
            {
                var results = AluRig.Map($"cvt.{name}i.{to}.{type}", Register(to), (Register(type), a));
                for (var i = 0; i < a.Length; i++)
                    Assert.True(ToInteger(from, a[i], to, mode) == results[i], $"cvt.{name}i.{to}.{type} {a[i]:X} = {results[i]:X}, expected {ToInteger(from, a[i], to, mode):X}");
            }
        }
    }

    private static ulong ToInteger(FloatFormat from, ulong bits, string to, RoundingMode mode)
    {
        var (least, most) = Range(to);
        var mask = ulong.MaxValue >> (64 - (8 * Register(to).Size));
        if (from.IsNaN(bits)) return from.Width < 64 && Width(to) < 64 ? 0 : to[0] == 's' ? (ulong)(least & mask) : 1ul << (Width(to) - 1);
        var exact = from.Magnitude(bits) == from.Infinity ? (from.IsNegative(bits) ? least : most) : Round(from.Value(bits), mode);
        return (ulong)(BigInteger.Max(least, BigInteger.Min(most, exact)) & mask);
    }

    private static BigInteger Round(Dyadic x, RoundingMode mode)
    {
        if (x.Exponent >= 0) return x.Mantissa << x.Exponent;
        var unit = BigInteger.One << -x.Exponent;
        var floor = x.Mantissa >> -x.Exponent;
        var rest = x.Mantissa - (floor * unit);
        if (rest.IsZero) return floor;
        return mode switch
        {
            RoundingMode.Down => floor,
            RoundingMode.Up => floor + 1,
            RoundingMode.Zero => x.Sign < 0 ? floor + 1 : floor,
            _ => 2 * rest > unit || (2 * rest == unit && !floor.IsEven) ? floor + 1 : floor,
        };
    }

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void FloatToFloat(string type)
    {
        var from = Floats.First(f => f.Name == type);
        foreach (var to in Floats)
        {
            if (to == from) continue;
            var a = from.Samples(600, 4).Concat(Narrow(from, to)).ToArray();
            var widens = to.Width > from.Width;
            foreach (var (name, mode) in widens ? [("", RoundingMode.Nearest)] : Modes)
            {
                var opcode = $"cvt{(name.Length > 0 ? "." : "")}{name}.{to.Name}.{type}";
                var results = AluRig.Map(opcode, Register(to.Name), (Register(type), a));
                for (var i = 0; i < a.Length; i++)
                {
                    var what = $"{opcode} {a[i]:X} = {results[i]:X}";
                    var sign = from.IsNegative(a[i]) ? to.SignBit : 0;
                    if (from.IsNaN(a[i])) Assert.True(to.IsNaN(results[i]), what);
                    else if (!from.IsFinite(a[i])) Assert.True(results[i] == (to.Infinity | sign), what);
                    else if (from.Magnitude(a[i]) == 0) Assert.True(results[i] == sign, what);
                    else to.AssertRounded(results[i], v => (from.Value(a[i]) - v).Sign, mode, what);
                }
            }
        }
    }

    /// <summary>Wide numbers near the limits of a narrow format: its ties and their neighbours, its range and subnormals.</summary>
    private static IEnumerable<ulong> Narrow(FloatFormat from, FloatFormat to)
    {
        if (from.Width <= to.Width) yield break;
        var shift = from.MantissaBits - to.MantissaBits;
        var bias = (1ul << (from.ExponentBits - 1)) - (1ul << (to.ExponentBits - 1));
        foreach (var sample in to.Samples(100, 5))
        {
            if (!to.IsFinite(sample)) continue;
            var magnitude = (to.Magnitude(sample) << shift) + (bias << from.MantissaBits);
            foreach (var low in new[] { 0ul, 1ul, (1ul << (shift - 1)) - 1, 1ul << (shift - 1), (1ul << (shift - 1)) + 1 })
                yield return (magnitude + low) | (to.IsNegative(sample) ? from.SignBit : 0);
        }
    }

    [Fact]
    public void RoundingToAnIntegerInPlace()
    {
        foreach (var format in new[] { FloatFormat.F16, FloatFormat.F32, FloatFormat.F64 })
        {
            var a = format.Samples(400, 6);
            foreach (var (name, mode) in Modes)
            {
                var results = AluRig.Map($"cvt.{name}i.{format.Name}.{format.Name}", Register(format.Name), (Register(format.Name), a));
                for (var i = 0; i < a.Length; i++)
                {
                    if (format.IsNaN(a[i])) Assert.True(format.IsNaN(results[i]));
                    else if (!format.IsFinite(a[i])) Assert.Equal(a[i], results[i]);
                    else Assert.True((format.Value(results[i]) - new Dyadic(Round(format.Value(a[i]), mode), 0)).Sign == 0 && format.IsNegative(a[i]) == format.IsNegative(results[i]));
                }
            }
        }
    }

    [Fact]
    public void FlushSaturateReluAndFinite()
    {
        ulong[] a = [1, 0x80000001, 0x3F000000, 0x3FC00000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x80000000];
        ulong[] Run(string opcode, PtxType to) => AluRig.Map(opcode, to, (PtxType.F32, a));
        Assert.Equal([0ul, 0x80000000, 0x3F000000, 0x3FC00000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FFFFFFF, 0x80000000], Run("cvt.ftz.f32.f32", PtxType.F32));
        Assert.Equal([1ul, 0, 0x3F000000, 0x3F800000, 0, 0x3F800000, 0, 0, 0], Run("cvt.sat.f32.f32", PtxType.F32));
        Assert.Equal([0ul, 0x8000, 0x3800, 0x3C00 + 0x200, 0xBC00, 0x7BFF, 0xFBFF, 0x7FFF, 0x8000], Run("cvt.rn.satfinite.f16.f32", PtxType.B16));
        Assert.Equal([0ul, 0, 0x3F00, 0x3FC0, 0, 0x7F80, 0, 0x7FFF, 0], Run("cvt.rn.relu.bf16.f32", PtxType.B16));
        Assert.Equal([1ul, 0, 1, 2, 0, int.MaxValue, unchecked((uint)int.MinValue), 0, 0], Run("cvt.rpi.s32.f32", PtxType.S32).Select((x, i) => i == 4 ? x + 1 & uint.MaxValue : x));
        Assert.Equal(0ul, Run("cvt.rpi.ftz.s32.f32", PtxType.S32)[0]);
        Assert.Equal([0ul, 0x3F800000, 0x3F800000], AluRig.Map("cvt.rn.sat.f32.s32", PtxType.F32, (PtxType.S32, [0xFFFFFFFF, 1, 9])));
    }

    [Theory]
    [InlineData("rn", "bf16")]
    [InlineData("rz", "bf16")]
    [InlineData("rn", "f16")]
    [InlineData("rz.relu", "f16")]
    [InlineData("rn.relu", "bf16")]
    public void PairsPutTheFirstOperandAbove(string mode, string type)
    {
        ulong[] a = FloatFormat.F32.Samples(400, 7), b = [.. a.Reverse()];
        var high = AluRig.Map($"cvt.{mode}.{type}.f32", PtxType.B16, (PtxType.F32, a));
        var low = AluRig.Map($"cvt.{mode}.{type}.f32", PtxType.B16, (PtxType.F32, b));
        Assert.Equal(high.Select((x, i) => x << 16 | low[i]), AluRig.Map($"cvt.{mode}.{type}x2.f32", PtxType.B32, (PtxType.F32, a), (PtxType.F32, b)));
    }

    [Fact]
    public void TensorFloats()
    {
        ulong[] a = [0x3F800000, 0x3F801000, 0x3F800FFF, 0x3F803000, 0xBF801000, 0x7F7FFFFF, 0x7F800000, 0xFFC00000, 0x00001000];
        ulong[] Run(string mode) => AluRig.Map($"cvt.{mode}.tf32.f32", PtxType.B32, (PtxType.F32, a));
        Assert.Equal([0x3F800000ul, 0x3F802000, 0x3F800000, 0x3F804000, 0xBF802000, 0x7F800000, 0x7F800000, 0x7FFFFFFF, 0x2000], Run("rna"));
        Assert.Equal([0x3F800000ul, 0x3F800000, 0x3F800000, 0x3F804000, 0xBF800000, 0x7F800000, 0x7F800000, 0x7FFFFFFF, 0], Run("rn"));
        Assert.Equal([0x3F800000ul, 0x3F800000, 0x3F800000, 0x3F802000, 0xBF800000, 0x7F7FE000, 0x7F800000, 0x7FFFFFFF, 0], Run("rz"));
        Assert.Equal(0x7F7FE000ul, Run("rna.satfinite")[6]);
        Assert.Equal(0ul, Run("rn.relu")[4]);
    }

    [Fact]
    public void PackedIntegers()
    {
        ulong[] a = [0x7FFFFFFF, 0xFFFFFFFE], b = [0x80000000, 5], c = [0xABCDEF12, 0x00000001];
        (PtxType, ulong[]) x = (PtxType.S32, a), y = (PtxType.S32, b), z = (PtxType.B32, c);
        Assert.Equal([0x7FFF8000ul, 0xFFFE0005], AluRig.Map("cvt.pack.sat.s16.s32", PtxType.B32, x, y));
        Assert.Equal([0xFFFF0000ul, 0x00000005], AluRig.Map("cvt.pack.sat.u16.s32", PtxType.B32, x, y));
        Assert.Equal([0xEF127F80ul, 0x0001FE05], AluRig.Map("cvt.pack.sat.s8.s32.b32", PtxType.B32, x, y, z));
        Assert.Equal([0xCDEF12F0ul, 0x00000105], AluRig.Map("cvt.pack.sat.u4.s32.b32", PtxType.B32, x, y, z));
        Assert.Equal([0xBCDEF126ul, 0x00000019], AluRig.Map("cvt.pack.sat.s2.s32.b32", PtxType.B32, x, y, z));
    }
}

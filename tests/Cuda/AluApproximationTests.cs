using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>The .approx functions: the ISA's special values, and its error bounds.</summary>
public class AluApproximationTests
{
    private const ulong Inf = 0x7F800000, MinusInf = 0xFF800000, MinusZero = 0x80000000, NaN = 0x7FFFFFFF, One = 0x3F800000;

    private static float[] Run(string opcode, params float[] values) =>
        [.. AluRig.Map(opcode, PtxType.F32, (PtxType.F32, [.. values.Select(v => (ulong)BitConverter.SingleToUInt32Bits(v))]))
            .Select(b => BitConverter.UInt32BitsToSingle((uint)b))];

    [Theory]
    [InlineData("ex2.approx.f32", new ulong[] { Inf, MinusInf, 0, MinusZero, 1ul, 0x80000001, 0x43000000, 0xC3140000, NaN }, new ulong[] { Inf, 0, One, One, One, One, Inf, 2ul, NaN })]
    [InlineData("ex2.approx.ftz.f32", new ulong[] { 0xC3140000, 0xC2FC0000 }, new ulong[] { 0ul, 0x00800000 })]
    [InlineData("lg2.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, One, 1ul, 0xBF800000, NaN }, new ulong[] { MinusInf, MinusInf, Inf, NaN, 0, 0xC3150000, NaN, NaN })]
    [InlineData("lg2.approx.ftz.f32", new ulong[] { 1ul, 0x80000001 }, new ulong[] { MinusInf, MinusInf })]
    [InlineData("rsqrt.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, One, 0x40800000, NaN, 0xBF800000 }, new ulong[] { Inf, MinusInf, 0, NaN, One, 0x3F000000, NaN, NaN })]
    [InlineData("rsqrt.approx.ftz.f32", new ulong[] { 1ul, 0x80000001 }, new ulong[] { Inf, MinusInf })]
    [InlineData("rcp.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, NaN, 1ul }, new ulong[] { Inf, MinusInf, 0, MinusZero, NaN, Inf })]
    [InlineData("rcp.approx.ftz.f32", new ulong[] { 1ul, 0x7F000001 }, new ulong[] { Inf, 0ul })]
    [InlineData("sqrt.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, 0x40800000, NaN }, new ulong[] { 0, MinusZero, Inf, NaN, 0x40000000, NaN })]
    [InlineData("sin.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, NaN }, new ulong[] { 0, MinusZero, NaN, NaN, NaN })]
    [InlineData("cos.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, NaN }, new ulong[] { One, One, NaN, NaN, NaN })]
    [InlineData("tanh.approx.f32", new ulong[] { 0, MinusZero, Inf, MinusInf, NaN }, new ulong[] { 0, MinusZero, One, 0xBF800000, NaN })]
    public void SpecialValues(string opcode, ulong[] values, ulong[] expected) =>
        Assert.Equal(expected, AluRig.Map(opcode, PtxType.F32, (PtxType.F32, values)));

    [Theory]
    [InlineData("ex2.approx.f32", -125, 125, 2.4e-7)]
    [InlineData("lg2.approx.f32", 2, 1e6, 2.4e-7)]
    [InlineData("rsqrt.approx.f32", 1e-30, 1e30, 1.3e-7)]
    [InlineData("rcp.approx.f32", 1e-30, 1e30, 1.2e-7)]
    [InlineData("sqrt.approx.f32", 1e-30, 1e30, 2.4e-7)]
    [InlineData("tanh.approx.f32", -9, 9, 4.8e-4)]
    public void RelativeErrors(string opcode, double least, double most, double bound)
    {
        var generator = new Random(1);
        float[] x = [.. Enumerable.Range(0, 2000).Select(i =>
            least > 0 ? (float)(least * Math.Pow(most / least, generator.NextDouble())) : (float)(least + ((most - least) * generator.NextDouble())))];
        var y = Run(opcode, x);
        for (var i = 0; i < x.Length; i++)
        {
            var exact = opcode[..3] switch
            {
                "ex2" => Math.Pow(2, x[i]),
                "lg2" => Math.Log2(x[i]),
                "rsq" => 1 / Math.Sqrt(x[i]),
                "rcp" => 1.0 / x[i],
                "sqr" => Math.Sqrt(x[i]),
                _ => Math.Tanh(x[i]),
            };
            Assert.True(Math.Abs(y[i] - exact) <= bound * Math.Abs(exact), $"{opcode} of {x[i]:R} is {y[i]:R}, exact {exact:R}");
        }
    }

    [Fact]
    public void AbsoluteErrors()
    {
        var x = Enumerable.Range(-1000, 2001).Select(i => i * 0.00628f).ToArray();
        var (sines, cosines) = (Run("sin.approx.f32", x), Run("cos.approx.ftz.f32", x));
        var near = Enumerable.Range(1, 1000).Select(i => 0.5f + (i * 0.0015f)).ToArray();
        var logarithms = Run("lg2.approx.ftz.f32", near);
        for (var i = 0; i < x.Length; i++)
            Assert.True(Math.Abs(sines[i] - Math.Sin(x[i])) <= 6.7e-7 && Math.Abs(cosines[i] - Math.Cos(x[i])) <= 6.7e-7, $"{x[i]}");
        for (var i = 0; i < near.Length; i++) Assert.True(Math.Abs(logarithms[i] - Math.Log2(near[i])) <= 2.4e-7, $"{near[i]}");
    }

    [Fact]
    public void ApproximateDivisionLosesHugeDivisors()
    {
        (PtxType, ulong[]) a = (PtxType.F32, [One, Inf, One, One, 0, Inf]), b = (PtxType.F32, [0x7F000000, 0x7E800001, 0x7E800000, 0x40000000, 0, Inf]);
        Assert.Equal([0ul, NaN, 0x00800000, 0x3F000000, NaN, NaN], AluRig.Map("div.approx.f32", PtxType.F32, a, b));
        Assert.Equal([0x00400000ul, Inf, 0x00800000, 0x3F000000, NaN, NaN], AluRig.Map("div.full.f32", PtxType.F32, a, b));
        Assert.Equal(0ul, AluRig.Map("div.full.ftz.f32", PtxType.F32, a, b)[0]);
    }

    [Fact]
    public void DoubleApproximationsKeepTheUpperWord()
    {
        ulong[] x = [.. FloatFormat.F64.Samples(400, 2)];
        (PtxType, ulong[]) a = (PtxType.F64, x);
        var (reciprocals, roots, exactRoots) = (AluRig.Map("rcp.approx.ftz.f64", PtxType.F64, a), AluRig.Map("rsqrt.approx.ftz.f64", PtxType.F64, a), AluRig.Map("rsqrt.approx.f64", PtxType.F64, a));
        for (var i = 0; i < x.Length; i++)
        {
            var v = BitConverter.UInt64BitsToDouble(x[i]);
            Assert.Equal((0ul, 0ul), (reciprocals[i] & uint.MaxValue, roots[i] & uint.MaxValue));
            if (double.IsSubnormal(v) || v == 0 || !double.IsFinite(v) || Math.Abs(v) > 1e307) continue;
            Assert.Equal(1, BitConverter.UInt64BitsToDouble(reciprocals[i]) * v, 2e-6);
            if (v < 0) Assert.True(double.IsNaN(BitConverter.UInt64BitsToDouble(roots[i])));
            else Assert.Equal((1.0, 1.0), (Math.Round(BitConverter.UInt64BitsToDouble(roots[i]) * Math.Sqrt(v), 5), Math.Round(BitConverter.UInt64BitsToDouble(exactRoots[i]) * Math.Sqrt(v), 12)));
        }

        Assert.Equal([0x7FF0000000000000ul], AluRig.Map("rcp.approx.ftz.f64", PtxType.F64, (PtxType.F64, [1])));
    }
}

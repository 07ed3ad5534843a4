using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>f16 and bf16 arithmetic against exact integers, alone and in pairs.</summary>
public class AluHalfTests
{
    private static FloatFormat Format(string type) => type == "f16" ? FloatFormat.F16 : FloatFormat.BF16;

    private static ulong[] Samples(FloatFormat format, int seed)
    {
        var generator = new Random(seed);
        var values = format.Samples(300, seed);
        return [.. Enumerable.Range(0, 1600).Select(_ => values[generator.Next(values.Length)])];
    }

    /// <summary>Runs the scalar form and the pair form, which must agree, and gives the scalar results.</summary>
    private static ulong[] Run(string opcode, string type, params ulong[][] operands)
    {
        var results = AluRig.Map($"{opcode}.{type}", PtxType.B16, [.. operands.Select(o => (PtxType.B16, o))]);
        var pairs = operands.Select(o => (PtxType.B32, Enumerable.Range(0, o.Length / 2).Select(i => o[2 * i] | o[(2 * i) + 1] << 16).ToArray())).ToArray();
        var packed = AluRig.Map($"{opcode}.{type}x2", PtxType.B32, pairs);
        for (var i = 0; i < packed.Length; i++) Assert.Equal(results[2 * i] | results[(2 * i) + 1] << 16, packed[i]);
        return results;
    }

    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void SumsProductsAndFusedOnes(string type)
    {
        var format = Format(type);
        ulong[] a = Samples(format, 1), b = Samples(format, 2), c = Samples(format, 3);
        foreach (var opcode in new[] { "add.rn", "sub", "mul", "fma.rn" })
        {
            var results = opcode == "fma.rn" ? Run(opcode, type, a, b, c) : Run(opcode, type, a, b);
            for (var i = 0; i < a.Length; i++)
            {
                var what = $"{opcode}.{type} {a[i]:X}, {b[i]:X}, {c[i]:X}";
                if (format.IsNaN(a[i]) || format.IsNaN(b[i])) Assert.True(results[i] == 0x7FFF, what);
                if (!format.IsFinite(a[i]) || !format.IsFinite(b[i]) || (opcode[0] == 'f' && !format.IsFinite(c[i]))) continue;
                Dyadic x = format.Value(a[i]), y = format.Value(b[i]);
                var exact = opcode switch { "add.rn" => x + y, "sub" => x - y, "mul" => x * y, _ => (x * y) + format.Value(c[i]) };
                if (exact.Sign != 0) format.AssertRounded(results[i], v => (exact - v).Sign, RoundingMode.Nearest, what);
                else Assert.True(format.Magnitude(results[i]) == 0, what);
            }
        }
    }

    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void MinMaxAndSigns(string type)
    {
        var format = Format(type);
        ulong[] a = Samples(format, 4), b = Samples(format, 5);
        long Key(ulong x) => format.IsNegative(x) ? -(long)format.Magnitude(x) - 1 : (long)x;
        foreach (var least in new[] { true, false })
        {
            foreach (var propagate in new[] { true, false })
            {
                var results = Run((least ? "min" : "max") + (propagate ? ".NaN" : ""), type, a, b);
                for (var i = 0; i < a.Length; i++)
                {
                    bool left = format.IsNaN(a[i]), right = format.IsNaN(b[i]);
                    var expected = propagate && (left || right) || (left && right) ? 0x7FFF
                        : left ? b[i] : right ? a[i] : Key(a[i]) < Key(b[i]) == least ? a[i] : b[i];
                    Assert.Equal(expected, results[i]);
                }
            }
        }

        var signs = Run("max.xorsign.abs", type, a, b);
        for (var i = 0; i < a.Length; i++)
        {
            if (format.IsNaN(a[i]) || format.IsNaN(b[i])) continue;
            Assert.Equal(Math.Max(format.Magnitude(a[i]), format.Magnitude(b[i])) | ((a[i] ^ b[i]) & 0x8000), signs[i]);
        }

        Assert.Equal(a.Select(x => x ^ 0x8000), Run("neg", type, a));
        Assert.Equal(a.Select(x => x & 0x7FFF), Run("abs", type, a));
    }

    [Fact]
    public void FlushSaturateAndRelu()
    {
        ulong[] a = Samples(FloatFormat.F16, 6), b = Samples(FloatFormat.F16, 7), c = Samples(FloatFormat.F16, 8);
        static ulong Flush(ulong x) => (x & 0x7C00) == 0 ? x & 0x8000 : x;
        static ulong Clamp(ulong x) => x > 0x7C00 ? 0 : Math.Min(x, 0x3C00);
        static ulong Relu(ulong x) => x >= 0x8000 ? 0 : x;
        ulong[] fa = [.. a.Select(Flush)], fb = [.. b.Select(Flush)], fc = [.. c.Select(Flush)];
        foreach (var opcode in new[] { "add", "sub", "mul" })
        {
            Assert.Equal(Run(opcode, "f16", a, b).Select(Clamp), Run($"{opcode}.sat", "f16", a, b));
            Assert.Equal(Run(opcode, "f16", fa, fb).Select(Flush), Run($"{opcode}.ftz", "f16", a, b));
        }

        Assert.Equal(Run("fma.rn", "f16", fa, fb, fc).Select(Flush), Run("fma.rn.ftz", "f16", a, b, c));
        Assert.Equal(Run("fma.rn", "f16", a, b, c).Select(Clamp), Run("fma.rn.sat", "f16", a, b, c));
        Assert.Equal(Run("fma.rn", "f16", a, b, c).Select(Relu), Run("fma.rn.relu", "f16", a, b, c));
        Assert.Equal(Run("neg", "f16", fa), Run("neg.ftz", "f16", a).Select(x => x == 0x7FFF ? 0x7FFF : x).Select((x, i) => FloatFormat.F16.IsNaN(fa[i]) ? fa[i] ^ 0x8000 : x));
        ulong[] d = Samples(FloatFormat.BF16, 9), e = Samples(FloatFormat.BF16, 10), f = Samples(FloatFormat.BF16, 11);
        Assert.Equal(Run("fma.rn", "bf16", d, e, f).Select(Relu), Run("fma.rn.relu", "bf16", d, e, f));
    }

    [Theory]
    [InlineData("ex2.approx", "f16", 1.0 / 955)]
    [InlineData("ex2.approx.ftz", "bf16", 1.0 / 128)]
    [InlineData("tanh.approx", "f16", 1.0 / 2048)]
    [InlineData("tanh.approx", "bf16", 1.0 / 256)]
    public void ApproximationsKeepTheirBound(string opcode, string type, double bound)
    {
        var a = Samples(Format(type), 12);
        var results = Run(opcode, type, a);
        for (var i = 0; i < a.Length; i++)
        {
            double x = Conversion.FromNarrow((ushort)a[i], type == "bf16"), y = Conversion.FromNarrow((ushort)results[i], type == "bf16");
            var exact = opcode[0] == 'e' ? Math.Pow(2, x) : Math.Tanh(x);
            if (double.IsNaN(x)) Assert.Equal(0x7FFFul, results[i]);
            else if (exact > 7e4) Assert.True(y > 6e4);
            else Assert.True(Math.Abs(y - exact) <= bound * Math.Max(Math.Abs(exact), opcode[0] == 'e' ? 1e-4 : 1), $"{opcode}.{type} of {x} is {y}, exact {exact}");
        }
    }
}

using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>mma.sync: fragments where the ISA puts them, sums within the bound of their numerics, and the rounding of Hopper on hand-made cases.</summary>
public class TensorCoreTests
{
    /// <summary>Shape, input type, accumulator; PTX ISA 8.4, section 9.7.13.4.</summary>
    public static TheoryData<string, string, string> Kinds => new()
    {
        { "m16n8k8", "f16", "f32" },
        { "m16n8k8", "f16", "f16" },
        { "m16n8k16", "f16", "f32" },
        { "m16n8k16", "f16", "f16" },
        { "m16n8k8", "bf16", "f32" },
        { "m16n8k16", "bf16", "f32" },
        { "m16n8k4", "tf32", "f32" },
        { "m16n8k8", "tf32", "f32" },
        { "m8n8k4", "f64", "f64" },
        { "m8n8k16", "s8", "s32" },
        { "m16n8k16", "s8", "s32" },
        { "m16n8k32", "u8", "s32" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ProductsLandWhereTheIsaPutsThem(string shape, string input, string result)
    {
        foreach (var numerics in new[] { MmaNumerics.Hopper, MmaNumerics.ExactRounded, MmaNumerics.Permuted(5) })
        {
            using var mma = new Mma(shape, input, result, numerics);
            var random = new Random(21);
            for (var round = 0; round < 4; round++)
            {
                mma.Fill(() => random.NextDouble() * 4 - 2);
                mma.Run();
                for (var row = 0; row < mma.M; row++)
                {
                    for (var column = 0; column < 8; column++)
                    {
                        double sum = mma.C[row, column], size = Math.Abs(sum);
                        for (var p = 0; p < mma.K; p++)
                        {
                            sum += mma.A[row, p] * mma.B[p, column];
                            size += Math.Abs(mma.A[row, p] * mma.B[p, column]);
                        }

                        // Every term and the sum lose at most one unit of 2^-23 (f32) of the whole; an f16 result one rounding of 2^-11.
                        var bound = result switch { "s32" => 0, "f64" => size * 1e-15, "f16" => Math.Abs(sum) * Math.ScaleB(1, -11) + size * Math.ScaleB(1, -20), _ => size * Math.ScaleB(1, -23) * (mma.K + 2) };
                        var got = mma.D[row, column];
                        Assert.True(Math.Abs(got - sum) <= bound, $"{shape} {input} {numerics} ({row}, {column}): {got} instead of {sum}, bound {bound}");
                    }
                }
            }
        }
    }

    /// <summary>One term of 1 and others of 2^-26: below 25 fractional bits of the largest, so Hopper drops each; the exact sum rounds up.</summary>
    [Fact]
    public void HopperTruncatesEachTermAt25Bits()
    {
        Assert.Equal(1, Sum(MmaNumerics.Hopper, 1, Enumerable.Repeat((1.0, Math.ScaleB(1, -26)), 16)));
        Assert.Equal(1 + Math.ScaleB(1, -22), Sum(MmaNumerics.ExactRounded, 1, Enumerable.Repeat((1.0, Math.ScaleB(1, -26)), 16)));
    }

    /// <summary>Terms of 2^-25 are kept: sixteen of them are 2^-21, which an f32 next to 1 can hold.</summary>
    [Fact]
    public void HopperKeeps25Bits() =>
        Assert.Equal(1 + Math.ScaleB(1, -21), Sum(MmaNumerics.Hopper, 1, Enumerable.Repeat((1.0, Math.ScaleB(1, -25)), 16)));

    /// <summary>1 + 3·2^-25 lies nearer to 1 + 2^-23, but the sum is truncated; likewise on the negative side, towards zero.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void HopperTruncatesTheSumTowardsZero(double sign)
    {
        var terms = Enumerable.Repeat((sign, Math.ScaleB(1, -25)), 3).ToArray();
        Assert.Equal(sign, Sum(MmaNumerics.Hopper, sign, terms));
        Assert.Equal(sign * (1 + Math.ScaleB(1, -23)), Sum(MmaNumerics.ExactRounded, sign, terms));
    }

    /// <summary>
    /// The exponent of a product is the sum of its factors' exponents, even where the product reaches the next one: 1.5 · 1.5 = 2.25 aligns at 2^0, so a term
    /// of 2^-25 survives beside it, and 2.25 − 2.25 leaves exactly that term.
    /// </summary>
    [Fact]
    public void HopperAlignsAtTheExponentsOfTheFactors()
    {
        Assert.Equal(Math.ScaleB(1, -25), Sum(MmaNumerics.Hopper, 0, [(1.5, 1.5), (-1.5, 1.5), (1, Math.ScaleB(1, -25))]));
        Assert.Equal(0, Sum(MmaNumerics.Hopper, 2.25, [(-1.5, 1.5), (1, Math.ScaleB(1, -25))]));
    }

    /// <summary>Large terms that cancel: the sum is exact whatever the order, where a chain of additions would lose the small term.</summary>
    [Fact]
    public void TheSumIsTakenOnce()
    {
        (double, double)[] terms = [(Math.ScaleB(1, 20), 1), (1, 1), (Math.ScaleB(-1, 20), 1)];
        Assert.Equal(1, Sum(MmaNumerics.Hopper, 0, terms));
        Assert.Equal(1, Sum(MmaNumerics.ExactRounded, 0, [(Math.ScaleB(1, 60), 1), (1, 1), (Math.ScaleB(-1, 60), 1)]));
        Assert.Equal(0, Sum(MmaNumerics.Hopper, 0, [(Math.ScaleB(1, 60), 1), (1, 1), (Math.ScaleB(-1, 60), 1)]));
    }

    [Fact]
    public void PermutedOrdersDiffer()
    {
        var random = new Random(3);
        var terms = Enumerable.Range(0, 16).Select(_ => (random.NextDouble(), Math.ScaleB(random.NextDouble() - 0.5, random.Next(24)))).ToArray();
        var sums = Enumerable.Range(0, 20).Select(seed => Sum(MmaNumerics.Permuted((ulong)seed), 0.3f, terms)).ToHashSet();
        Assert.True(sums.Count > 1);
        Assert.Equal(Sum(MmaNumerics.Permuted(4), 0.3f, terms), Sum(MmaNumerics.Permuted(4), 0.3f, terms));
    }

    [Fact]
    public void SubnormalsCountAndOverflowIsInfinite()
    {
        var tiny = Math.ScaleB(1, -130);
        Assert.Equal(3 * tiny, Sum(MmaNumerics.Hopper, 0, [(tiny, 3)]));
        var large = Math.ScaleB(1, 127);
        Assert.Equal(double.PositiveInfinity, Sum(MmaNumerics.Hopper, 0, [(large, 2)]));
        Assert.Equal(float.MaxValue, Sum(MmaNumerics.Hopper, (double)float.MaxValue, [(large, Math.ScaleB(1, -25))]));
    }

    [Theory]
    [InlineData(double.PositiveInfinity, 1, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 1, double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity, 0, double.NaN)]
    [InlineData(double.NaN, 1, double.NaN)]
    public void InfinityAndNaN(double a, double b, double expected)
    {
        foreach (var numerics in new[] { MmaNumerics.Hopper, MmaNumerics.ExactRounded, MmaNumerics.Permuted(1) })
        {
            using var mma = new Mma("m16n8k16", "bf16", "f32", numerics);
            (mma.A[2, 3], mma.B[3, 5]) = (a, b);
            mma.Run();
            Assert.Equal(expected, mma.D[2, 5]);
            if (double.IsNaN(expected)) Assert.Equal(0x7FFFFFFFu, mma.Bits(2, 5));
        }
    }

    [Fact]
    public void IntegersWrapOrSaturate()
    {
        foreach (var saturate in new[] { false, true })
        {
            using var mma = new Mma("m16n8k32", "s8", "s32", default, saturate);
            (mma.A[1, 4], mma.B[4, 6], mma.C[1, 6]) = (100, 100, int.MaxValue - 5);
            mma.Run();
            Assert.Equal(saturate ? int.MaxValue : unchecked(int.MaxValue - 5 + 10000), mma.D[1, 6]);
        }
    }

    [Fact]
    public void AllLanesMustTakePart()
    {
        using var mma = new Mma("m16n8k16", "bf16", "f32", default);
        var fault = Assert.Throws<KernelFaultException>(() => mma.Step.Execute(mma.Bench.Warp, 0x7fffffff));
        Assert.Equal(KernelFault.WarpMask, fault.Fault);
        Assert.Contains("lane 31 does not execute it", fault.Message, StringComparison.Ordinal);
        Assert.Equal(2 * 16 * 8 * 16, mma.Step.TensorFlops);
    }

    [Fact]
    public void MovmatrixTransposes()
    {
        using var bench = new WarpBench();
        var step = bench.Compile("movmatrix.sync.aligned.m8n8.trans.b16", bench.Register("d", PtxType.B32), bench.Register("a", PtxType.B32));
        bench.Set("a", lane => (uint)(lane / 4 * 100 + lane % 4 * 2) | ((uint)(lane / 4 * 100 + lane % 4 * 2 + 1) << 16));
        step.Execute(bench.Warp, uint.MaxValue);
        for (var lane = 0; lane < 32; lane++)
        {
            var word = bench.Get<uint>("d", lane);
            Assert.Equal((uint)(lane % 4 * 2 * 100 + lane / 4), word & 0xffff);
            Assert.Equal((uint)((lane % 4 * 2 + 1) * 100 + lane / 4), word >> 16);
        }
    }

    [Theory]
    [InlineData("mma.sync.aligned.m16n8k16.row.row.f32.bf16.bf16.f32", "needs .col")]
    [InlineData("mma.sync.aligned.m16n8k64.row.col.f32.bf16.bf16.f32", "not known")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f16.bf16.bf16.f16", "not known")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32", "A has 2 registers, not 4")]
    public void WrongFormsAreRefused(string opcode, string part)
    {
        using var bench = new WarpBench();
        var failure = Assert.Throws<PtxException>(() => bench.Compile(opcode, bench.Vector("d", PtxType.F32, 4), bench.Vector("a", PtxType.B32, 4),
            bench.Vector("b", PtxType.B32, 2), bench.Vector("c", PtxType.F32, 4)));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Element (2, 5) of a bf16 product whose row 2 and column 5 hold the terms.</summary>
    private static double Sum(MmaNumerics numerics, double old, IEnumerable<(double A, double B)> terms)
    {
        using var mma = new Mma("m16n8k16", "bf16", "f32", numerics);
        var p = 0;
        foreach (var (a, b) in terms)
        {
            (mma.A[2, p], mma.B[p, 5]) = (a, b);
            p++;
        }

        mma.C[2, 5] = old;
        mma.Run();
        return mma.D[2, 5];
    }
}

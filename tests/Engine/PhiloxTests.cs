namespace SiaEngine.Tests.Engine;

public class PhiloxTests
{
    /// <summary>Known answers of the authors' Random123 library; counter words are (index, stream), key words the seed, low half first.</summary>
    [Theory]
    [InlineData(0ul, 0ul, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x85a308d3_243f6a88ul, 0x03707344_13198a2eul, 0x299f31d0_a4093822ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Equals_the_reference_implementation(ulong index, ulong stream, ulong seed, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), new Philox(seed, stream).Block(index));

    [Fact]
    public void Uniforms_fill_the_unit_interval_evenly()
    {
        var random = new Philox(5, 2);
        var bins = new int[16];
        for (var i = 0ul; i < 160_000; i++)
        {
            var u = random.Uniform(i);
            Assert.InRange(u, 0, 1 - 1e-16);
            bins[(int)(u * 16)]++;
        }

        // Pearson's statistic with 15 degrees of freedom is below 37.7 in 999 of 1000 cases.
        Assert.InRange(bins.Sum(n => Math.Pow(n - 10_000, 2) / 10_000), 0, 37.7);
    }

    [Fact]
    public void Normals_have_the_moments_of_the_normal_distribution()
    {
        const int n = 200_000;
        var random = new Philox(6);
        double mean = 0, square = 0, fourth = 0, pair = 0;
        for (var i = 0; i < n; i++)
        {
            var x = random.Normal((ulong)i);
            (mean, square, fourth) = (mean + x / n, square + x * x / n, fourth + x * x * x * x / n);
            if ((i & 1) == 0) pair += x * random.Normal((ulong)i + 1) / (n / 2);
        }

        // Four standard errors each: √(1/n), √(2/n), √(96/n), √(2/n).
        Assert.Equal(0, mean, 4 * Math.Sqrt(1.0 / n));
        Assert.Equal(1, square, 4 * Math.Sqrt(2.0 / n));
        Assert.Equal(3, fourth, 4 * Math.Sqrt(96.0 / n));
        Assert.Equal(0, pair, 4 * Math.Sqrt(2.0 / n));
    }

    [Theory, InlineData(1), InlineData(7), InlineData(1L << 40)]
    public void Integers_stay_below_their_bound_and_reach_both_ends(long bound)
    {
        var random = new Philox(7);
        var (smallest, largest) = (long.MaxValue, long.MinValue);
        for (var i = 0ul; i < 10_000; i++)
        {
            var x = random.Below(i, bound);
            (smallest, largest) = (Math.Min(smallest, x), Math.Max(largest, x));
        }

        Assert.InRange(smallest, 0, bound / 1000);
        Assert.InRange(largest, bound - 1 - bound / 1000, bound - 1);
    }

    [Fact]
    public void Seed_stream_and_index_each_change_the_value()
    {
        var values = new HashSet<double>();
        for (var seed = 0ul; seed < 10; seed++)
            for (var stream = 0ul; stream < 10; stream++)
                for (var index = 0ul; index < 10; index++) values.Add(new Philox(seed, stream).Uniform(index));
        Assert.Equal(1000, values.Count);
    }
}

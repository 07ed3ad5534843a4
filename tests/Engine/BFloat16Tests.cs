namespace SiaEngine.Tests.Engine;

public unsafe class BFloat16Tests
{
    [Fact]
    public void Every_value_survives_widening_and_rounding()
    {
        for (var bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var value = new BFloat16((ushort)bits);
            var back = (BFloat16)(float)value;
            if (float.IsNaN((float)value)) Assert.True(float.IsNaN((float)back) && (back.Bits & 0x40) != 0);
            else Assert.Equal(value, back);
            Assert.Equal(back, (BFloat16)(double)(float)value);
        }
    }

    [Fact]
    public void Rounds_to_the_nearest_and_ties_to_even()
    {
        // Between every two neighbours: just above the lower, the tie and its neighbours, just below the upper.
        for (var upper = 0u; upper < 0x7F80; upper++)
        {
            foreach (var low in (ReadOnlySpan<uint>)[0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF])
            {
                var value = BitConverter.UInt32BitsToSingle(upper << 16 | low);
                var expected = upper + (low > 0x8000 || low == 0x8000 && (upper & 1) == 1 ? 1u : 0u);
                Assert.Equal(expected, ((BFloat16)value).Bits);
                Assert.Equal(expected | 0x8000, ((BFloat16)(-value)).Bits);
            }
        }
    }

    [Fact]
    public void A_double_is_rounded_once()
    {
        // 1 + 2^-8 is the tie between 1 and its successor; what lies just beside it is a tie only after rounding to f32.
        var tie = 1 + Math.ScaleB(1, -8);
        Assert.Equal(1f, (float)(BFloat16)tie);
        Assert.Equal(1 + MathF.ScaleB(1, -7), (float)(BFloat16)(tie + Math.ScaleB(1, -40)));
        Assert.Equal(1f, (float)(BFloat16)(tie - Math.ScaleB(1, -40)));
        var oddTie = 1 + 3 * Math.ScaleB(1, -8);
        Assert.Equal(1 + MathF.ScaleB(1, -6), (float)(BFloat16)oddTie);
        Assert.Equal(1 + MathF.ScaleB(1, -7), (float)(BFloat16)(oddTie - Math.ScaleB(1, -40)));
        Assert.Equal(-1 - MathF.ScaleB(1, -7), (float)(BFloat16)(-tie - Math.ScaleB(1, -40)));
        Assert.True(float.IsNaN((float)(BFloat16)double.NaN));
        Assert.Equal(float.NegativeInfinity, (float)(BFloat16)(-1e300));
    }

    [Fact]
    public void Spans_convert_as_single_values_do_at_every_length_between_guards()
    {
        using var cpu = new SiaEngine.Cpu.CpuDevice();
        using var memory = new GuardedMemory(256 * sizeof(double));
        EveryLength.Run(cpu, DType.F32, 1, (t, n) =>
        {
            var x = t[0].Span<float>();
            for (var i = 0; i < n; i += 7) x[i] = (i % 5) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.MaxValue, 3 => -0f, _ => float.Epsilon };
            var half = memory.Tensor([n], DType.BF16, cpu).Span<BFloat16>();
            BFloat16.Round(x, half);
            for (var i = 0; i < n; i++) Assert.Equal((BFloat16)x[i], half[i]);
            var back = t[1].Span<float>();
            BFloat16.Widen(half, back);
            for (var i = 0; i < n; i++) Assert.Equal((float)half[i], back[i]);
        });
    }

    [Fact]
    public void Refuses_spans_of_different_lengths()
    {
        Assert.Equal("bf16: source has 3 elements, destination 4.", Assert.Throws<ArgumentException>(() => BFloat16.Round(new float[3], new BFloat16[4])).Message);
        Assert.Throws<ArgumentException>(() => BFloat16.Round(new double[4], new BFloat16[3]));
        Assert.Throws<ArgumentException>(() => BFloat16.Widen(new BFloat16[4], new float[3]));
    }

    [Fact]
    public void Prints_as_the_float_it_is() => Assert.Equal("1.5", ((BFloat16)1.5f).ToString());
}

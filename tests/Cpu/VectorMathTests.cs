using System.Numerics;
using SiaEngine.Cpu;

namespace SiaEngine.Tests.Cpu;

public unsafe class VectorMathTests
{
    [Fact]
    public void Exp_and_exp2_stay_within_their_stated_error_over_the_whole_f32_range()
    {
        var (worst, worst2) = (0.0, 0.0);
        // Every 1009th bit pattern up to 128, both signs; 1009 is prime, so all mantissas take part.
        for (var bits = 0u; bits < 0x43000000; bits += 1009)
        {
            for (var sign = 0u; sign < 2; sign++)
            {
                var x = BitConverter.UInt32BitsToSingle(bits | sign << 31);
                worst = Math.Max(worst, Error(Run<Simd1<float>, float, ExpForm>(x), Math.Exp(x)));
                worst2 = Math.Max(worst2, Error(Run<Simd1<float>, float, Exp2Form>(x), Math.Pow(2, x)));
            }
        }

        Assert.True(worst <= 1.02, $"exp: {worst} ulp");
        Assert.True(worst2 <= 1.02, $"exp2: {worst2} ulp");

        static double Error(float actual, double exact) =>
            exact is < 1.7e-38 or > float.MaxValue ? 0 : Math.Abs(actual - exact) / Math.ScaleB(1, Math.ILogB(exact) - 23);
    }

    [Fact]
    public void Log_and_tanh_stay_within_their_stated_error_over_the_whole_f32_range()
    {
        var (log, tanh) = (0.0, 0.0);
        for (var bits = 1u; bits < 0x7F800000; bits += 1009)
        {
            var x = BitConverter.UInt32BitsToSingle(bits);
            log = Math.Max(log, Error(Run<Simd1<float>, float, LogForm>(x), Math.Log(x)));
            tanh = Math.Max(tanh, Error(Run<Simd1<float>, float, TanhForm>(x), Math.Tanh(x)));
            Assert.Equal(-Run<Simd1<float>, float, TanhForm>(x), Run<Simd1<float>, float, TanhForm>(-x), 3e-7f);
        }

        Assert.True(log <= 0.85, $"log: {log} ulp");
        Assert.True(tanh <= 2.7, $"tanh: {tanh} ulp");

        static double Error(float actual, double exact) =>
            exact == 0 ? Math.Abs(actual) : Math.Abs(actual - exact) / Math.ScaleB(1, Math.Max(Math.ILogB(exact), -126) - 23);
    }

    [Fact]
    public void In_f64_results_are_within_ulps_of_the_library()
    {
        var random = new Philox(11);
        for (var i = 0ul; i < 100_000; i++)
        {
            var x = (random.Uniform(i) - 0.5) * ((i & 1) == 0 ? 10 : 1400);
            // Both may be off by about one ulp, to opposite sides.
            Close(Math.Exp(x), Run<Simd1<double>, double, ExpForm>(x));
            Close(Math.Pow(2, x), Run<Simd1<double>, double, Exp2Form>(x));
            Close(Math.Log(Math.Exp(x / 2)), Run<Simd1<double>, double, LogForm>(Math.Exp(x / 2)));
            Close(Math.Tanh(Math.Abs(x)), Run<Simd1<double>, double, TanhForm>(Math.Abs(x)), 3.6);
        }

        static void Close(double expected, double actual, double ulps = 2.1) =>
            Assert.True(Math.Abs(actual - expected) <= ulps * Ulp(Math.Abs(expected)), $"{actual} for {expected}");

        static double Ulp(double positive) => Math.BitIncrement(positive) - positive;
    }

    [Theory]
    [InlineData(float.NaN, float.NaN), InlineData(float.PositiveInfinity, float.PositiveInfinity), InlineData(float.NegativeInfinity, 0), InlineData(-1e30f, 0)]
    [InlineData(89f, float.PositiveInfinity), InlineData(-88f, 0), InlineData(0f, 1)]
    public void Exp_at_the_edges_of_f32(float x, float expected)
    {
        Assert.Equal(expected, Run<Simd1<float>, float, ExpForm>(x));
        Assert.Equal(expected, Run<Simd512<float>, float, ExpForm>(x));
    }

    [Theory]
    [InlineData(double.NaN, double.NaN), InlineData(double.PositiveInfinity, double.PositiveInfinity), InlineData(double.NegativeInfinity, 0)]
    [InlineData(710, double.PositiveInfinity), InlineData(-709, 0), InlineData(0, 1)]
    public void Exp_at_the_edges_of_f64(double x, double expected)
    {
        Assert.Equal(expected, Run<Simd1<double>, double, ExpForm>(x));
        Assert.Equal(expected, Run<Simd256<double>, double, ExpForm>(x));
    }

    [Theory]
    [InlineData(0, double.NegativeInfinity), InlineData(-1, double.NaN), InlineData(double.NaN, double.NaN), InlineData(double.NegativeInfinity, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity), InlineData(1, 0), InlineData(double.Epsilon, -744.4400719213812)]
    public void Log_at_the_edges(double x, double expected)
    {
        Assert.Equal(expected, Run<Simd1<double>, double, LogForm>(x));
        Assert.Equal(expected, Run<Simd256<double>, double, LogForm>(x));
        if (x != double.Epsilon) Assert.Equal((float)expected, Run<Simd512<float>, float, LogForm>((float)x));
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        var random = new Philox(12);
        for (var i = 0ul; i < 20_000; i++)
        {
            var x = (random.Uniform(i) - 0.5) * 200;
            var single = Run<Simd1<float>, float, ExpForm>((float)x);
            Assert.Equal(single, Run<Simd128<float>, float, ExpForm>((float)x));
            Assert.Equal(single, Run<Simd256<float>, float, ExpForm>((float)x));
            Assert.Equal(single, Run<Simd512<float>, float, ExpForm>((float)x));
            single = Run<Simd1<float>, float, LogForm>((float)Math.Exp(x / 3));
            Assert.Equal(single, Run<Simd128<float>, float, LogForm>((float)Math.Exp(x / 3)));
            Assert.Equal(single, Run<Simd256<float>, float, LogForm>((float)Math.Exp(x / 3)));
            Assert.Equal(single, Run<Simd512<float>, float, LogForm>((float)Math.Exp(x / 3)));
            var log = Run<Simd1<double>, double, LogForm>(Math.Exp(x));
            Assert.Equal(log, Run<Simd128<double>, double, LogForm>(Math.Exp(x)));
            Assert.Equal(log, Run<Simd256<double>, double, LogForm>(Math.Exp(x)));
            Assert.Equal(log, Run<Simd512<double>, double, LogForm>(Math.Exp(x)));
            var real = Run<Simd1<double>, double, Exp2Form>(x);
            Assert.Equal(real, Run<Simd128<double>, double, Exp2Form>(x));
            Assert.Equal(real, Run<Simd256<double>, double, Exp2Form>(x));
            Assert.Equal(real, Run<Simd512<double>, double, Exp2Form>(x));
        }
    }

    private interface IForm
    {
        static abstract V Apply<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T>;
    }

    private readonly struct ExpForm : IForm
    {
        public static V Apply<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp<V, T>(x);
    }

    private readonly struct LogForm : IForm
    {
        public static V Apply<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Log<V, T>(x);
    }

    private readonly struct TanhForm : IForm
    {
        public static V Apply<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Tanh<V, T>(x);
    }

    private readonly struct Exp2Form : IForm
    {
        public static V Apply<V, T>(V x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> => VectorMath.Exp2<V, T>(x);
    }

    /// <summary>The function in the last lane of a register filled with x.</summary>
    private static T Run<V, T, F>(T x) where V : struct, ISimd<V, T> where T : unmanaged, IFloatingPointIeee754<T> where F : IForm
    {
        var y = stackalloc T[16];
        F.Apply<V, T>(V.All(x)).Store(y);
        return y[V.Count - 1];
    }
}

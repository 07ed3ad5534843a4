using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Angles of the rotation kernel far out: position · frequency has 10,000 turns in it at 65,535, which f32 alone would get wrong in the third digit.</summary>
public class DeviceRotationTests
{
    [Theory, InlineData(0, 40), InlineData(4095, 40), InlineData(65_400, 40), InlineData(1_000_000, 40), InlineData(65_400, 32), InlineData(1_000_000, 64)]
    public void Is_accurate_at_far_positions(int first, int half)
    {
        const int Length = 16;
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var frequencies = Enumerable.Range(0, half).Select(k => (float)Math.Pow(1024, -k / (half - 1.0))).ToArray();
        // x = (1, 0) in every pair, so that y is (cos, -sin).
        var x = new float[Length * 6 * half];
        for (var i = 0; i < x.Length; i++) x[i] = i % (2 * half) < half ? 1 : 0;
        var y = PRope.Apply(Tensor.From<float>(x, [1, Length, 6 * half], sim), Tensor.From<float>(frequencies, [half], sim), 1, first, normalize: false).ToArray<float>();
        for (var t = 0; t < Length; t++)
        {
            for (var k = 0; k < half; k++)
            {
                var (sin, cos) = Math.SinCos((first + t) * (double)frequencies[k]);
                var at = t * 6 * half + 2 * half + k;
                Assert.True(Math.Abs(y[at] - cos) <= 2e-7 && Math.Abs(y[at + half] + sin) <= 2e-7, $"position {first + t}, pair {k}: ({y[at]:R}, {y[at + half]:R}) for ({cos:R}, {-sin:R})");
            }
        }
    }
}

using SiaEngine.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>Angles of the rotation kernel far out: position · frequency has 10,000 turns in it at 65,535, which f32 alone would get wrong in the third digit.</summary>
public class DeviceRotationTests
{
    [Theory, InlineData(0), InlineData(4095), InlineData(65_400), InlineData(1_000_000)]
    public void Is_accurate_at_far_positions(int first)
    {
        const int Length = 16, Half = 40;
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        var frequencies = Enumerable.Range(0, Half).Select(k => (float)Math.Pow(1024, -k / 39.0)).ToArray();
        // x = (1, 0) in every pair, so that y is (cos, -sin).
        var x = new float[Length * 6 * Half];
        for (var i = 0; i < x.Length; i++) x[i] = i % (2 * Half) < Half ? 1 : 0;
        var y = PRope.Apply(Tensor.From<float>(x, [1, Length, 6 * Half], sim), Tensor.From<float>(frequencies, [Half], sim), 1, first, normalize: false).ToArray<float>();
        for (var t = 0; t < Length; t++)
        {
            for (var k = 0; k < Half; k++)
            {
                var (sin, cos) = Math.SinCos((first + t) * (double)frequencies[k]);
                var at = t * 6 * Half + 2 * Half + k;
                Assert.True(Math.Abs(y[at] - cos) <= 2e-7 && Math.Abs(y[at + Half] + sin) <= 2e-7, $"position {first + t}, pair {k}: ({y[at]:R}, {y[at + Half]:R}) for ({cos:R}, {-sin:R})");
            }
        }
    }
}

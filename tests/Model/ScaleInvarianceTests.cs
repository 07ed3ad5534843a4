using SiaEngine.Cpu;
using SiaEngine.Model;

namespace SiaEngine.Tests.Model;

/// <summary>The schedule of arXiv:2505.17083 section 3.2 at tau = 10, and the identities that follow from its derivation.</summary>
public class ScaleInvarianceTests
{
    [Theory]
    [InlineData(0, 1.0000000, 0)]
    [InlineData(1, 1.0911555, -0.1906204)]
    [InlineData(2, 1.1681794, -0.3646431)]
    [InlineData(5, 1.3457081, -0.8109302)]
    [InlineData(10, 1.5447635, -1.3862944)]
    [InlineData(50, 2.1409154, -3.5835189)]
    [InlineData(100, 2.4074448, -4.7957905)]
    [InlineData(1000, 3.1984748, -9.2302410)]
    [InlineData(4095, 3.6103673, -12.0347519)]
    [InlineData(16383, 3.9754307, -14.8040492)]
    [InlineData(65535, 4.3099668, -17.5758142)]
    public void Equals_the_table(int t, double factor, double shift)
    {
        Assert.Equal(factor, ScaleInvariance.Factor(t), 7);
        Assert.Equal(shift, ScaleInvariance.Shift(t), 7);
    }

    [Fact]
    public void Keeps_the_identities_of_the_derivation_at_every_distance()
    {
        for (var t = 0; t < 65_536; t += 97)
        {
            var (a, m) = (ScaleInvariance.Factor(t), ScaleInvariance.Shift(t));
            Assert.Equal(1, a * a + m, 12);
            Assert.Equal(Math.Pow(1 + t / 10.0, -2), Math.Exp(m), 12);
            // E[exp L] for L ~ N(m, a²) is α / (t/τ + 1) with α = √e (Lemma 1).
            Assert.Equal(Math.Sqrt(Math.E) / (1 + t / 10.0), Math.Exp(m + a * a / 2), 12);
        }
    }

    [Fact]
    public void Total_attention_of_a_range_equals_the_exact_sums()
    {
        // Σ E[exp L_t] over [t, 10 t): 36.62276 at t = 100, 37.82298 at t = 1000; the limit is α τ ln 10 = 37.96321.
        Assert.Equal(28.44710, Mass(10, 100), 5);
        Assert.Equal(36.62276, Mass(100, 1000), 5);
        Assert.Equal(37.82298, Mass(1000, 10_000), 5);

        static double Mass(int from, int to)
        {
            var sum = 0.0;
            for (var t = from; t < to; t++) sum += Math.Exp(ScaleInvariance.Shift(t) + ScaleInvariance.Factor(t) * ScaleInvariance.Factor(t) / 2);
            return sum;
        }
    }

    [Fact]
    public void Tables_on_the_device_hold_the_schedule_to_f32()
    {
        using var cpu = new CpuDevice();
        var config = new GptConfig { Layers = 1, Width = 8, Heads = 1, Vocabulary = 1, Context = 16 };
        using var tables = new DistanceTables(config, AttentionMethod.Find("sia"), DType.F32, cpu);
        var view = tables.For(65_536);
        var (a, m) = (view.Factor.ToArray<float>(), view.Shift.ToArray<float>());
        Assert.Equal(65_536, a.Length);
        for (var t = 0; t < a.Length; t++)
        {
            Assert.Equal(ScaleInvariance.Factor(t), a[t], 1e-5);
            Assert.Equal(ScaleInvariance.Shift(t), m[t], 1e-5);
        }
    }

    [Fact]
    public void Tables_of_trained_tau_hold_the_schedule_of_every_head()
    {
        double[] taus = [0.5, 10, 300];
        using var cpu = new CpuDevice();
        var config = new GptConfig { Layers = 1, Width = 12, Heads = 3, Vocabulary = 1, Context = 16, Attention = "sia-trained-tau" };
        using var tables = new DistanceTables(config, AttentionMethod.Find(config.Attention), DType.F32, cpu);
        using var scope = Scope.Enter();
        var view = tables.For(65_536);
        var (factor, shift) = ScaleInvariance.Tables(Tensor.From<float>([.. taus.Select(tau => (float)Math.Log(tau))], [3, 1], cpu), view.Distances!.Value, view.One!.Value);
        var (a, m) = (factor.ToArray<float>(), shift.ToArray<float>());
        for (var i = 0; i < a.Length; i++)
        {
            Assert.Equal(ScaleInvariance.Factor(i % 65_536, taus[i / 65_536]), a[i], 1e-5);
            Assert.Equal(ScaleInvariance.Shift(i % 65_536, taus[i / 65_536]), m[i], 1e-5);
        }
    }
}

using SiaEngine.Cpu;
using SiaEngine.Tests.Ops;

namespace SiaEngine.Tests.Cuda;

/// <summary>The optimizers' kernels on the simulated device against those of the CPU, which their own tests compare with the formulas in f64.</summary>
public class DeviceOptimizerTests
{
    [Theory, InlineData(DType.F32, 1), InlineData(DType.F32, 257), InlineData(DType.BF16, 1000)]
    public void AdamW_follows_the_cpu(DType compute, int count)
    {
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        var (expected, actual) = (Run(cpu), Run(sim));
        for (var i = 0; i < expected.Length; i++) Close.To(expected[i], actual[i], 1e-6, ((string[])["master", "m", "v"])[i]);

        double[][] Run(Device device)
        {
            using var w = AdamWTests.Make(device, "w", [count], compute);
            using var adam = new AdamW([w], 0.02, weightDecay: 0.1);
            for (var n = 1; n <= 3; n++)
            {
                AdamWTests.SetGradient(w, GradientCheck.Normals(count, 40, (ulong)n));
                adam.Step(0.5, 0.25);
            }

            Rounded(w);
            return [GradientContext.Read(w.Master), GradientContext.Read(adam.State[0].Tensor), GradientContext.Read(adam.State[1].Tensor)];
        }
    }

    [Theory, InlineData(DType.F32, 6, 6, 1), InlineData(DType.F32, 28, 7, 1), InlineData(DType.BF16, 9, 40, 3), InlineData(DType.F32, 70, 64, 1)]
    public void Muon_follows_the_cpu(DType compute, int rows, int columns, int blocks)
    {
        using var cpu = new CpuDevice();
        using var sim = Devices.Open();
        var (expected, actual) = (Run(cpu), Run(sim));
        Close.To(expected[0], actual[0], 1e-5, "master");
        Close.To(expected[1], actual[1], 1e-6, "momentum");

        double[][] Run(Device device)
        {
            using var w = AdamWTests.Make(device, "w", [rows, columns], compute);
            w.Blocks = blocks;
            using var muon = new Muon([w], 0.02);
            for (var n = 1; n <= 3; n++)
            {
                AdamWTests.SetGradient(w, GradientCheck.Normals(rows * columns, 50, (ulong)n));
                muon.Step(0.5, 0.25);
            }

            Rounded(w);
            return [GradientContext.Read(w.Master), GradientContext.Read(muon.State[0].Tensor)];
        }
    }

    [Fact]
    public void A_zero_gradient_moves_nothing()
    {
        using var sim = Devices.Open();
        using var w = AdamWTests.Make(sim, "w", [4, 3], DType.F32);
        using var muon = new Muon([w], 0.1);
        var before = w.Master.ToArray<float>();
        AdamWTests.SetGradient(w, new double[12]);
        muon.Step();
        Assert.Equal(before, w.Master.ToArray<float>());
    }

    /// <summary>Fewer elements than a block, several blocks, and more than one element per thread and block at the limit of 256 partial sums.</summary>
    [Fact]
    public void The_gradient_norm_is_exact_to_f64()
    {
        using var sim = Devices.Open();
        using var scope = Scope.Enter();
        int[] counts = [1, 255, 5000];
        var parameters = counts.Select((count, i) => AdamWTests.Make(sim, $"w{i}", [count], DType.F32)).ToArray();
        var sum = 0.0;
        for (var i = 0; i < counts.Length; i++)
        {
            var values = GradientCheck.Normals(counts[i], 60, (ulong)i).Select(v => (double)(float)v).ToArray();
            AdamWTests.SetGradient(parameters[i], values);
            sum += values.Sum(v => v * v);
        }

        Assert.Equal(0.5 * Math.Sqrt(sum), GradientNorm.Compute(parameters, 0.5), 1e-12 * Math.Sqrt(sum));
        foreach (var parameter in parameters) parameter.Dispose();
    }

    /// <summary>The working copy is the master rounded, to the bit.</summary>
    private static void Rounded(Parameter parameter)
    {
        if (parameter.Value == parameter.Master) return;
        Assert.Equal(GradientContext.Read(parameter.Master).Select(v => (double)(float)(BFloat16)(float)v), GradientContext.Read(parameter.Value));
    }
}

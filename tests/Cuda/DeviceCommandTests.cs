using System.Text.Json;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Tests.Train;
using SiaEngine.Train;
using SiaEngine.Train.Commands;

namespace SiaEngine.Tests.Cuda;

/// <summary>The program on <c>--device sim</c>.</summary>
public class DeviceCommandTests
{
    [Fact]
    public void A_model_trained_in_bf16_on_the_simulator_is_evaluated_and_sampled_there_and_on_the_cpu()
    {
        using var run = new SmallRun();
        var (code, output, error) = SmallRun.Sia(run.TrainArguments("bf16", "--device", "sim", "--compute", "bf16", "--eval-contexts", "16"));
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("device sim: the PTX kernels run on the simulator", output, StringComparison.Ordinal);
        Assert.Contains("in bf16 on sim", output, StringComparison.Ordinal);
        var checkpoint = Path.Combine(run.Folder, "bf16");
        var (onSim, onCpu) = (Evaluate("sim"), Evaluate("cpu"));
        // The CPU evaluates the f32 masters; bf16 rounds each of them and every activation to 8 bits.
        Assert.Equal(onCpu, onSim, onCpu / 256);
        foreach (var device in (string[])["sim", "cpu"])
        {
            var sample = SmallRun.Sia("sample", "--checkpoint", checkpoint, "--device", device, "--prompt", "Line", "--tokens", "3", "--json");
            Assert.True(sample.Code == ExitCode.Done, sample.Error);
            Assert.NotEmpty(JsonDocument.Parse(sample.Output).RootElement.GetProperty("text").GetString()!);
        }

        double Evaluate(string device)
        {
            var line = SmallRun.Sia("eval", "--checkpoint", checkpoint, "--device", device, "--contexts", "16", "--eval-tokens", "64", "--json").Output;
            return JsonDocument.Parse(line).RootElement.GetProperty("mean").GetDouble();
        }
    }

    [Fact]
    public void The_cpu_refuses_to_compute_in_bf16()
    {
        using var run = new SmallRun();
        var (code, _, error) = SmallRun.Sia(run.TrainArguments("bf16", "--compute", "bf16"));
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Equal("sia: --compute bf16 takes --device cuda or sim; cpu computes in f32", error.Trim());
    }

    [Fact]
    public void Gradcheck_compares_the_simulator_with_the_cpu()
    {
        var (code, output, error) = SmallRun.Sia("gradcheck", "--device", "sim", "--op", "rms_norm", "--json");
        Assert.True(code == ExitCode.Done, error);
        var line = JsonDocument.Parse(output).RootElement;
        Assert.True(line.GetProperty("holds").GetBoolean());
        Assert.InRange(line.GetProperty("worst_error").GetDouble(), 1e-9, line.GetProperty("tolerance").GetDouble());
    }

    [Fact]
    public void Gradcheck_fails_where_kernels_write_nothing()
    {
        using var output = new StringWriter();
        var screen = new Screen(output, output, interactive: false) { Json = true };
        var driver = new SilentDriver();
        using var cpu = new CpuDevice();
        using var silent = new CudaDevice("cuda", driver, driver);
        Assert.Equal(ExitCode.CheckFailed, GradCheckCommand.CheckDevice([GradientCatalog.Find("add")], cpu, silent, screen, 1, TestContext.Current.CancellationToken));
        var line = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.False(line.GetProperty("holds").GetBoolean());
        Assert.Contains("output element 0: NaN", line.GetProperty("where").GetString(), StringComparison.Ordinal);
    }
}

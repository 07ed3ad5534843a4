using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SiaEngine.Tests.Train;

namespace SiaEngine.Tests.Cuda.SimulatedCuda;

/// <summary>Whole programs on the simulated libraries: one of ILGPU, with its own PTX and its own calls, and <c>sia</c> with the CUDA backend.</summary>
public sealed partial class ForeignProgramTests
{
    [Fact]
    public void A_program_of_ILGPU_runs()
    {
        SimulatedLibrary.Require();
        var folder = Path.Combine(Repository.Root, "artifacts", "ilgpu");
        var (built, log, trouble) = SimulatedLibrary.Run("dotnet", ["build", Path.Combine(Repository.Root, "tests", "Foreign.Ilgpu"), "-c", "Release", "-o", folder]);
        Assert.SkipWhen(built != 0 && log.Contains("NU1101", StringComparison.Ordinal), "the package feed has no ILGPU");
        Assert.True(built == 0, $"the program does not build:\n{log}{trouble}");

        var (code, output, error) = SimulatedLibrary.Run("dotnet", [Path.Combine(folder, "Foreign.Ilgpu.dll"), "fault"]);
        Assert.True(code == 0, $"{output}{error}");
        Assert.Equal(
        [
            "simulated sm_90, SM_90, 8.4, 132 multiprocessors, warps of 32", "saxpy: 0 wrong", "block sums: 0 wrong", "histogram: 0 wrong",
            "reduce: 0 off", "scan: 0 wrong", "sort: sorted", "functions: 0 wrong", "fault: an illegal memory access was encountered",
        ], output.TrimEnd().Split('\n'));
        Assert.Contains("byte 20000 of allocation of 20000 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_walks_the_driver()
    {
        SimulatedLibrary.Require();
        var (code, output, error) = Sia("doctor", "--device", "cuda", "--json");
        Assert.True(code == 0, $"{output}{error}");
        foreach (var row in (string[])["simulated sm_90", "add_forward_f32 of 1000 elements is right", "product of [17, 9] and [9, 33] is right"])
            Assert.Contains(row, output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public void The_device_tests_hold_through_the_driver_interface()
    {
        SimulatedLibrary.Require();
        string[] classes = ["Ops.DeviceMatrixTests", "Cuda.DeviceEdgeTests", "Cuda.DeviceIndexTests", "Cuda.DeviceOptimizerTests", "Cuda.DeviceRotationTests"];
        var (code, output, error) = SimulatedLibrary.Run(Path.Combine(AppContext.BaseDirectory, "SiaEngine.Tests"), ["-noColor", .. classes.SelectMany(name => (string[])["-class", $"SiaEngine.Tests.{name}"])], ("SIA_TEST_DEVICE", "cuda"));
        Assert.True(code == 0, $"{output}{error}");
        var total = int.Parse(Total().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(total > 100, $"{total} tests ran:\n{output}");
        Assert.DoesNotContain("simcuda:", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Total: (\d+), Errors: 0, Failed: 0, Skipped: 0")]
    private static partial Regex Total();

    [Theory, InlineData("f32", 2e-6), InlineData("bf16", 0.02, "--graph")]
    public void Training_has_the_losses_of_the_cpu(string compute, double bound, params string[] more)
    {
        SimulatedLibrary.Require();
        using var run = new SmallRun();
        var (expected, got) = (Losses(run, "cpu"), Losses(run, "cuda", ["--device", "cuda", "--compute", compute, .. more]));
        Assert.Equal(4, expected.Length);
        Assert.Equal(expected.Length, got.Length);
        Assert.True(expected[^1] < expected[0]);
        foreach (var (a, b) in expected.Zip(got)) Assert.True(Math.Abs(a - b) <= bound, $"losses {string.Join(", ", got)} instead of {string.Join(", ", expected)}");
    }

    [Theory]
    [InlineData("SIA_SIM_FAIL", "cuLaunchKernel:200:719", "cuLaunchKernel", "CUDA_ERROR_LAUNCH_FAILED")]
    [InlineData("SIA_SIM_FAIL", "cuMemAllocAsync:20:2", "cuMemAllocAsync", "CUDA_ERROR_OUT_OF_MEMORY")]
    [InlineData("SIA_SIM_FAIL", "cuModuleLoadDataEx:3:218", "cuModuleLoadDataEx", "CUDA_ERROR_INVALID_PTX")]
    [InlineData("SIA_SIM_FAIL", "cuStreamSynchronize:5:46", "cuStreamSynchronize", "CUDA_ERROR_DEVICE_UNAVAILABLE")]
    [InlineData("SIA_SIM_FAIL", "cublasGemmEx:9:700", "cublasGemmEx: status 13", "CUDA_ERROR_ILLEGAL_ADDRESS")]
    [InlineData("SIA_SIM_MEMORY", "1", "no memory for", "CUDA_ERROR_OUT_OF_MEMORY")]
    public void A_failing_gpu_ends_training_with_one_line_that_names_call_and_status(string variable, string value, string call, string status)
    {
        SimulatedLibrary.Require();
        using var run = new SmallRun();
        var (code, output, error) = SimulatedLibrary.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "sia.dll"), .. run.TrainArguments("out"), "--device", "cuda", "--json"],
            (variable, value), ("SIA_SIM_QUIET", "1"));
        Assert.True(code != 0, $"ended with 0: {output}{error}");
        var line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("sia: ", line);
        Assert.Contains(call, line, StringComparison.Ordinal);
        Assert.Contains(status, line, StringComparison.Ordinal);
    }

    private static double[] Losses(SmallRun run, string name, params string[] more)
    {
        var (code, output, error) = Sia(
        [
            "train", "--data", run.Text, "--vocabulary", "300", "--layers", "2", "--width", "16", "--heads", "2", "--context", "16", "--batch-tokens", "64", "--micro-batch-tokens", "32",
            "--steps", "4", "--eval-tokens", "64", "--eval-contexts", "16", "--json", "--out", Path.Combine(run.Folder, name), .. more,
        ]);
        Assert.True(code == 0, $"{output}{error}");
        Assert.Empty(error);
        return [.. File.ReadLines(Path.Combine(run.Folder, name, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("loss", out _)).Select(line => line.GetProperty("loss").GetDouble())];
    }

    private static (int Code, string Output, string Error) Sia(params string[] arguments) =>
        SimulatedLibrary.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "sia.dll"), .. arguments]);
}

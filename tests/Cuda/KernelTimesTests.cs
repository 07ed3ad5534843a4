using System.Text.Json;
using SiaEngine.Cuda;
using SiaEngine.Tests.Train;
using SiaEngine.Train;

namespace SiaEngine.Tests.Cuda;

/// <summary>The check of a GPU, tried on the simulator: the driver walk, training beside the CPU with and without a graph, and a time for every kernel, in one file.</summary>
public class KernelTimesTests
{
    [Fact]
    public void The_check_times_every_kernel_outside_the_ladders_and_writes_one_file()
    {
        using var run = new SmallRun();
        var file = Path.Combine(run.Folder, "check.json");
        var (code, _, error) = SmallRun.Sia("bench", "gpu-check", "--device", "sim", "--steps", "2", "--reps", "1", "--tests", "1 passed", "--out", file);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var root = json.RootElement;
        Assert.True(root.GetProperty("holds").GetBoolean());
        Assert.Equal("1 passed", root.GetProperty("tests").GetString());
        Assert.Equal(["PTX", "launch", "product"], root.GetProperty("driver").EnumerateArray().Select(f => f.GetProperty("what").GetString()));
        foreach (var training in root.GetProperty("training").EnumerateArray())
        {
            Assert.True(training.GetProperty("graph_gives_the_same_bits").GetBoolean());
            Assert.Equal(2, training.GetProperty("device").GetArrayLength());
        }

        var times = root.GetProperty("kernels");
        foreach (var rate in (string[])["copy_gigabytes_per_second", "cublas_f32", "cublas_bf16"]) Assert.True(times.GetProperty(rate).GetDouble() > 0, rate);
        var timings = times.GetProperty("kernels").EnumerateArray().ToArray();
        var kernels = PtxLibrary.Names.Where(name => !name.StartsWith("ladder/", StringComparison.Ordinal)).SelectMany(name => KernelHeader.ReadAll(PtxLibrary.Load(name)).Keys).Append("gemm");
        Assert.Empty(kernels.Except(timings.Select(t => t.GetProperty("name").GetString())));
        Assert.All(timings, t => Assert.True(t.GetProperty("min_us").GetDouble() > 0 && t.GetProperty("median_us").GetDouble() >= t.GetProperty("min_us").GetDouble(), t.GetRawText()));
        var add = Assert.Single(timings, t => t.GetProperty("name").GetString() == "add_forward_f32");
        Assert.Equal((3 * 4.0 * 8 * 40, 8.0 * 40), (add.GetProperty("bytes").GetDouble(), add.GetProperty("flops").GetDouble()));
    }
}

using System.Text.Json.Nodes;
using SiaEngine.Train;
using SiaEngine.Train.Commands;

namespace SiaEngine.Tests.Train;

[Collection(nameof(CommandLineTests))]
public class BenchCommandTests
{
    [Fact]
    public void The_ratio_is_the_median_over_pairs_with_their_extremes()
    {
        var line = new JsonObject { ["case"] = "gemm", ["median_s"] = 9.0, ["gflops"] = 10.0 };
        new PeerComparison([1, 2, 4], [3, 2, 6]).AddTo(line);
        Assert.Equal((2.0, 1.0, 4.0), ((double)line["median_s"]!, (double)line["min_s"]!, (double)line["max_s"]!));
        Assert.Equal(45, (double)line["gflops"]!);
        Assert.Equal(3, (double)line["peer_median_s"]!);
        // 3 / 1, 2 / 2 and 6 / 4: pairs stay together, whatever the medians of the columns are.
        Assert.Equal((1.5, 1.0, 3.0), ((double)line["ratio"]!, (double)line["ratio_min"]!, (double)line["ratio_max"]!));
        Assert.Equal(3, (int)line["pairs"]!);
    }

    [Fact]
    public void The_peers_time_is_in_its_last_JSON_line()
    {
        Assert.Equal(0.25, PeerComparison.Seconds("warming up\n{\"median_s\":1}\n{\"case\":\"gemm\",\"median_s\":0.25}\n{not json\n", "peer"));
        foreach (var output in (string[])["", "0.25", "{\"status\":\"out-of-memory\"}", "{\"median_s\":\"fast\"}", "{\"median_s\":0}"])
            Assert.Contains("'peer'", Assert.Throws<DeviceException>(() => PeerComparison.Seconds(output, "peer")).Message);
    }

    [Fact]
    public void A_peer_runs_in_turns_with_ours()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the peer is a shell command");
        using var run = new SmallRun();
        var turns = Path.Combine(run.Folder, "turns");
        var (code, output, error) = SmallRun.Sia("bench", "gemm", "4", "4", "4", "--warmup", "0", "--reps", "1", "--least-ms", "0", "--pairs", "3", "--compare", $"echo x >> '{turns}'; echo '{{\"median_s\":100}}'");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        var line = JsonNode.Parse(output)!;
        Assert.Equal(100, (double)line["peer_median_s"]!);
        Assert.True((double)line["ratio_min"]! > 1, output);
        Assert.Equal(3, File.ReadAllLines(turns).Length);

        (code, _, error) = SmallRun.Sia("bench", "gemm", "4", "4", "4", "--least-ms", "0", "--compare", "exit 5");
        Assert.Equal(ExitCode.Lacking, code);
        Assert.StartsWith("sia: --compare: exit code 5", error);
    }

    [Fact]
    public void The_table_has_a_line_per_case()
    {
        JsonObject alone = new() { ["name"] = "gemm", ["threads"] = 1, ["median_s"] = 0.5, ["gflops"] = 4.0 }, beside = (JsonObject)alone.DeepClone();
        new PeerComparison([1, 1], [2, 3]).AddTo(beside);
        Assert.Equal("""
            | case | threads | ours, s | GFLOP/s | peer, s | peer / ours | spread |
            |---|---|---|---|---|---|---|
            | gemm | 1 | 0.5 | 4 | - | - | - |
            | gemm | 1 | 1 | 2 | 2.5 | 2.50 | 2.00-3.00 |

            """, BenchSuite.Markdown([alone, beside]), ignoreLineEndingDifferences: true);
        Assert.Equal(BenchSuite.Cases(quick: false).Count(), BenchSuite.Cases(quick: false).Select(static item => item.Name).Distinct().Count());
        Assert.All(BenchSuite.Cases(quick: false), static item => Assert.Empty(Program.Root(new Screen(TextWriter.Null, TextWriter.Null, false), TestContext.Current.CancellationToken).Parse(["bench", .. item.Ours.Split(' ')]).Errors));
    }
}

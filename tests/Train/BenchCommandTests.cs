using System.Text.Json.Nodes;
using SiaEngine.Cpu;
using SiaEngine.Train;
using SiaEngine.Train.Bench;
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
        Assert.Equal(0.25, (double)PeerRun.Line("warming up\n{\"median_s\":1}\n{\"case\":\"gemm\",\"median_s\":0.25}\n{not json\n", "peer")["median_s"]!);
        foreach (var output in (string[])["", "0.25", "{\"status\":\"out-of-memory\"}", "{\"median_s\":\"fast\"}", "{\"median_s\":0}"])
            Assert.Contains("'peer'", Assert.Throws<DeviceException>(() => PeerRun.Line(output, "peer")).Message);
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
    public void Attention_on_a_device_is_timed_by_its_own_clock()
    {
        string[] shape = ["bench", "attention", "1", "1", "40", "64", "--warmup", "0", "--reps", "1", "--least-ms", "0", "--compute", "bf16"];
        var (code, output, error) = SmallRun.Sia([.. shape, "--backward", "1", "--device", "sim"]);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        var line = JsonNode.Parse(output)!;
        Assert.Equal("bf16", (string)line["config"]!["compute"]!);
        Assert.Equal((double)line["median_s"]!, (double)line["forward_s"]! + (double)line["backward_s"]!, 2e-6);
        (code, _, error) = SmallRun.Sia(shape);
        Assert.Equal((ExitCode.Wrong, "sia: --compute bf16 takes --device cuda or sim; cpu computes in f32"), (code, error.TrimEnd()));
    }

    [Fact]
    public void A_row_says_what_share_of_which_bound_is_reached_and_whether_the_target_is_met()
    {
        JsonObject machine = new() { ["fma_one_thread_gflops"] = 8.0, ["read_all_threads_gb_per_s"] = 20.0 };
        JsonObject gemm = new() { ["name"] = "gemm", ["section"] = "gemm", ["threads"] = 1, ["median_s"] = 0.5, ["gflops"] = 4.0, ["peak_rss_mib"] = 60.0, ["target"] = 0.95 };
        JsonObject other = (JsonObject)gemm.DeepClone(), step = new() { ["name"] = "step", ["section"] = "train-step", ["threads"] = 2, ["median_s"] = 1.0, ["peak_rss_mib"] = 90.0, ["target"] = 1.25, ["variant"] = "rope-sdpa" };
        JsonObject generate = new() { ["name"] = "generate", ["section"] = "generate", ["threads"] = 2, ["median_s"] = 1.0, ["tokens_per_s"] = 30, ["gb_per_s"] = 15.0, ["peak_rss_mib"] = 9.0 };
        new PeerComparison([1, 1], [1, 1.2], 100).AddTo(gemm);
        new PeerComparison([2, 2], [3, 4], 100).AddTo(other);
        new PeerComparison([1, 1], [1.5, 1.5], 100).AddTo(step);
        JsonObject[] lines = [gemm, other, step, generate];
        SuiteTable.Judge(lines, machine);
        Assert.Equal("gemm|1|1.000 s|2 GFLOP/s|25% multiply-adds|1.100 s|1.10 (1.00-1.20), 2|60 / 100 = 0.60|0.95|yes", string.Join('|', SuiteTable.Row(gemm)));
        Assert.Equal("step|2|1.000 s|-|-|1.500 s, rope-sdpa|1.50 (1.50-1.50), 2|90 / 100 = 0.90|1.25|yes, memory above 0.8", string.Join('|', SuiteTable.Row(step)));
        Assert.Equal("generate|2|1.000 s|30 tokens/s, 15 GB/s|75% reading memory|-|-|9|-|-", string.Join('|', SuiteTable.Row(generate)));
        var mean = Assert.Single(SuiteTable.Means(lines));
        Assert.Equal(Math.Sqrt(1.1 * 1.75), (double)mean["ratio"]!, 1e-4);
        Assert.Equal("geometric mean of 2|1|-|-|18% multiply-adds|-|1.39 (1.10-1.75)|-|1.10|yes", string.Join('|', SuiteTable.Row(mean)));
    }

    [Fact]
    public void Every_case_of_the_suite_is_a_command_and_stands_once()
    {
        var cases = SuiteCases.All(null, 2, quick: false, "blas", ["", "tcmalloc"]).ToList();
        Assert.Equal(cases.Count, cases.Select(static item => item.Key).Distinct().Count());
        var root = Program.Root(new Screen(TextWriter.Null, TextWriter.Null, false), TestContext.Current.CancellationToken);
        Assert.All(cases.Where(static item => item.Ours.Length > 0), item => Assert.Empty(root.Parse(["bench", .. item.Ours.Split(' ')]).Errors));
        Assert.All(SuiteCases.Sections, section => Assert.NotEmpty(SuiteCases.All(section, 2, quick: false, null, [""])));
        Assert.InRange(cases.Where(static item => item.Blas is null).Sum(static item => item.Estimate), 600, 1700);
    }

    [Fact]
    public void A_suite_looks_for_the_fastest_variant_and_goes_on_where_it_was_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the peer is a shell script");
        using var run = new SmallRun();
        var (peer, results) = (Path.Combine(run.Folder, "peer"), Path.Combine(run.Folder, "suite"));
        // The blocked variant is fastest; the calls are counted.
        File.WriteAllText(peer, $"#!/bin/sh\necho \"$@\" >> '{run.Folder}/calls'\ncase \"$*\" in *blocked*) echo '{{\"median_s\":50,\"peak_rss_mib\":1000}}';; *) echo '{{\"median_s\":60}}';; esac\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(peer, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] command = ["bench", "suite", "--peer", peer, "--quick", "--only", "train-step", "--threads", "1", "--out", results];
        var looks = SuiteSettings.FindTcMalloc() is null ? 3 : 6;
        var (code, _, error) = SmallRun.Sia(command);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        var lines = JsonNode.Parse(File.ReadAllText(Path.Combine(results, "suite.json")))!["cases"]!.AsArray();
        Assert.Equal(looks + 2, lines.Count);
        Assert.All(lines.Skip(looks), line => Assert.Equal("prope-sia-blocked", ((string)line!["variant"]!)[..17]));
        Assert.True((double)lines[looks + 1]!["memory_ratio"]! < 1);
        Assert.Contains("its fastest scale-invariant variant", File.ReadAllText(Path.Combine(results, "suite.md")));
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(results, "suite.html")));

        // Two lines are lost; one was half written.
        var (kept, calls) = (File.ReadAllLines(Path.Combine(results, "suite.jsonl")), File.ReadAllLines(Path.Combine(run.Folder, "calls")).Length);
        Assert.Equal(looks + 3, kept.Length);
        File.WriteAllText(Path.Combine(results, "suite.jsonl"), string.Join('\n', kept[..(looks + 1)]) + "\n" + kept[looks + 1][..20]);
        (code, _, error) = SmallRun.Sia(command);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        // Both pairs of the fastest variant again; the other line is the same.
        Assert.Equal(calls + 2, File.ReadAllLines(Path.Combine(run.Folder, "calls")).Length);

        (code, _, error) = SmallRun.Sia([.. command.Where(static argument => argument != "--quick")]);
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Contains("--out", error);
    }

    [Fact]
    public void A_power_law_is_found_with_its_error()
    {
        var exact = PowerLaw.Fit([(1, 3), (2, 12), (4, 48), (8, 192)]);
        Assert.Equal((2, 0, 3), (Math.Round(exact.Exponent, 9), Math.Round(exact.Error, 9), Math.Round(exact.Factor, 9)));
        // ln y = 0, 1, 0 at ln x = 0, 1, 2: slope 0, residuals -1/3, 2/3, -1/3, error sqrt((6/9) / 1 / 2).
        var rough = PowerLaw.Fit([(1, 1), (Math.E, Math.E), (Math.E * Math.E, 1)]);
        Assert.Equal(0, rough.Exponent, 1e-12);
        Assert.Equal(Math.Sqrt(1.0 / 3), rough.Error, 1e-12);
    }

    [Fact]
    public void Scaling_and_tokenizing_end_with_their_figures()
    {
        using var run = new SmallRun();
        var folder = Path.Combine(run.Folder, "scaling");
        var (code, output, error) = SmallRun.Sia("bench", "scaling", "--most", "512", "--out", folder);
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Contains("time ~ width^p", output);
        Assert.Equal(3, JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "scaling.json")))!["sweeps"]!.AsArray().Count);
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(folder, "scaling.html")));

        (code, output, error) = SmallRun.Sia("bench", "bpe", "--data", run.Text, "--merges", "40");
        Assert.Equal((ExitCode.Done, ""), (code, error));
        Assert.Equal(40, (int)JsonNode.Parse(output)!["merges"]!);
    }

    [Fact]
    public void The_bounds_of_this_machine_are_plausible()
    {
        var bounds = MachineBounds.Measure(16 << 20);
        // Wide, since other work on the machine slows any of them.
        foreach (var bound in (double[])[bounds.FmaOneThread, bounds.FmaAllThreads, bounds.ReadOneThread, bounds.ReadAllThreads]) Assert.InRange(bound, 0.1, 10_000);
        Assert.Equal(RowParallel.Threads, bounds.Threads);
    }
}

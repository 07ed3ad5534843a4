using System.Text.Json;
using System.Xml.Linq;
using SiaEngine.Train;
using SiaEngine.Train.Compare;

namespace SiaEngine.Tests.Train;

[Collection(nameof(CommandLineTests))]
public class CompareCommandTests
{
    [Fact]
    public void A_comparison_leaves_results_a_summary_and_a_page_and_equals_single_trainings()
    {
        using var run = new SmallRun();
        var (code, output, error) = SmallRun.Sia([.. Arguments(run, "all"), "--json"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(10, output.TrimEnd().Split('\n').Length);
        var results = Results(run, "all");
        Assert.Equal(["ntk 1", "ntk 2", "rope 1", "rope 2", "sia 1", "sia 2", "sia tau 1 1", "sia tau 1 2", "yarn 1", "yarn 2"], results.Keys.Order(StringComparer.Ordinal));

        // One training for rope, ntk and yarn, the same loss within the training context and another beyond it.
        Assert.Equal(["rope-seed-1", "rope-seed-2", "sia-seed-1", "sia-seed-2", "sia-tau-1-seed-1", "sia-tau-1-seed-2"], Trainings(run, "all"));
        Assert.Equal(results["rope 1"].GetProperty("final_train_loss").GetDouble(), results["yarn 1"].GetProperty("final_train_loss").GetDouble());
        Assert.Equal(Loss(results["rope 2"], 16), Loss(results["ntk 2"], 16));
        Assert.NotEqual(Loss(results["rope 2"], 64), Loss(results["ntk 2"], 64));
        Assert.NotEqual(Loss(results["sia 1"], 64), Loss(results["sia tau 1 1"], 64));

        // The same numbers as `sia train` and `sia eval` give.
        Assert.Equal(0, SmallRun.Sia(Single(run)).Code);
        (code, output, _) = SmallRun.Sia("eval", "--checkpoint", Path.Combine(run.Folder, "single"), "--contexts", "16,64", "--attention", "yarn", "--eval-tokens", "256", "--json");
        Assert.Equal(0, code);
        var evaluated = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("mean").GetDouble()).ToArray();
        Assert.Equal([Loss(results["yarn 2"], 16), Loss(results["yarn 2"], 64)], evaluated);

        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "all", "summary.json")));
        foreach (var key in (string[])["device", "threads", "seconds", "methods"]) Assert.True(summary.RootElement.TryGetProperty(key, out _), key);
        var methods = summary.RootElement.GetProperty("methods").EnumerateArray().ToArray();
        Assert.Equal(["sia", "rope", "ntk", "yarn", "sia tau 1"], methods.Select(method => method.GetProperty("name").GetString()));
        foreach (var key in (string[])["parameters", "train_context", "steps", "tokens", "final_train_loss", "val_loss", "val_loss_error", "tokens_per_s", "peak_rss_mib"])
            Assert.True(methods[0].TryGetProperty(key, out _), key);
        var (one, two) = (Loss(results["sia 1"], 64), Loss(results["sia 2"], 64));
        Assert.Equal((one + two) / 2, methods[0].GetProperty("val_loss").GetProperty("64").GetDouble(), 6);
        Assert.Equal(Math.Abs(one - two) / 2, methods[0].GetProperty("val_loss_error").GetProperty("64").GetDouble(), 6);

        var page = File.ReadAllText(Path.Combine(run.Folder, "all", "report.html"));
        Assert.Equal("html", XDocument.Parse(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!.Name.LocalName);
        Assert.Equal(6, page.Split("<figure").Length - 1);
        foreach (var text in (string[])["sia tau 1", "5.260", "pairs ordered as in the paper", "Figure 5", "Figure 3: validation loss against step, context 64"]) Assert.Contains(text, page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_comparison_says_what_all_of_it_will_take()
    {
        using var run = new SmallRun();
        var (code, output, _) = SmallRun.Sia(Arguments(run, "plan", "--methods", "sia,rope,ntk", "--seeds", "1", "--steps", "50"));
        Assert.Equal(0, code);
        var plan = Assert.Single(output.Split('\n'), line => line.StartsWith("comparison: 2 trainings to go, evaluated as 3 methods, about ", StringComparison.Ordinal));
        Assert.EndsWith(" on this machine", plan.TrimEnd());
        Assert.Single(output.Split('\n'), line => line.StartsWith("comparison: ", StringComparison.Ordinal) && line.Contains(", planned ", StringComparison.Ordinal));
    }

    [Fact]
    public void Stopping_and_a_line_cut_short_change_no_number()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(Arguments(run, "straight", "--methods", "sia,rope,ntk")).Code);

        using var stop = new CancellationTokenSource();
        using var output = new StoppingWriter("sia, seed 2", stop);
        using var error = new StringWriter();
        var arguments = Arguments(run, "stopped", "--methods", "sia,rope,ntk");
        Assert.Equal(ExitCode.Stopped, Program.Run(arguments, new Screen(output, error, interactive: false), stop.Token));
        var file = Path.Combine(run.Folder, "stopped", "results.jsonl");
        Assert.Equal($"sia: stopped; 3 results are kept in {file}, the same command continues", error.ToString().Trim());
        Assert.False(File.Exists(Path.Combine(run.Folder, "stopped", "summary.json")));

        var text = File.ReadAllText(file).TrimEnd();
        File.WriteAllText(file, text[..^40]);
        Assert.Equal(0, SmallRun.Sia(arguments).Code);
        Same();

        // Nothing is left to do: no line is added.
        var lines = File.ReadAllLines(file);
        Assert.Equal(6, lines.Length);
        Assert.Equal(0, SmallRun.Sia(arguments).Code);
        Assert.Equal(lines, File.ReadAllLines(file));

        void Same()
        {
            var (straight, stopped) = (Results(run, "straight"), Results(run, "stopped"));
            Assert.Equal(straight.Keys.Order(StringComparer.Ordinal), stopped.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, result) in straight)
                foreach (var key in (string[])["steps", "tokens", "final_train_loss", "evaluations", "training"])
                    Assert.True(result.GetProperty(key).GetRawText() == stopped[name].GetProperty(key).GetRawText(), $"{name} {key}");
        }
    }

    [Fact]
    public void Results_without_the_folders_of_their_trainings_still_make_the_page_with_every_seed()
    {
        using var run = new SmallRun();
        Assert.Equal(0, SmallRun.Sia(Arguments(run, "whole", "--methods", "sia")).Code);
        Assert.Equal(0, SmallRun.Sia(Arguments(run, "whole", "--methods", "rope", "--seeds", "1")).Code);
        var file = Path.Combine(run.Folder, "brought", "results.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Path.Combine(run.Folder, "whole", "results.jsonl"), file);
        var lines = File.ReadAllLines(file);
        Assert.Equal(3, lines.Length);
        Assert.Equal(0, SmallRun.Sia(Arguments(run, "brought", "--methods", "sia,rope", "--seeds", "1")).Code);
        Assert.Equal(lines, File.ReadAllLines(file));
        Assert.Contains("up to 2 seeds (sia)", File.ReadAllText(Path.Combine(run.Folder, "brought", "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Results_of_other_values_are_not_mixed_in()
    {
        using var run = new SmallRun();
        var arguments = Arguments(run, "run", "--methods", "sia", "--seeds", "1");
        Assert.Equal(0, SmallRun.Sia(arguments).Code);
        var (code, _, error) = SmallRun.Sia([.. arguments, "--muon-rate", "0.5"]);
        Assert.Equal(ExitCode.Wrong, code);
        Assert.Contains("was trained with --muon-rate 0.02, not 0.5", error, StringComparison.Ordinal);

        // Another evaluation is made again, from the same training.
        var before = File.GetLastWriteTimeUtc(Path.Combine(run.Folder, "run", "sia-seed-1", "checkpoint", "model.safetensors"));
        Assert.Equal(0, SmallRun.Sia([.. Arguments(run, "run", "--methods", "sia", "--seeds", "1", "--eval-tokens", "512")]).Code);
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(run.Folder, "run", "sia-seed-1", "checkpoint", "model.safetensors")));
        Assert.Equal([256, 512], File.ReadAllLines(Path.Combine(run.Folder, "run", "results.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("eval_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("--methods takes some of sia, p-rope, ", "--methods", "sia,flash")]
    [InlineData("--methods takes some of sia, p-rope, ", "--methods", "")]
    [InlineData("--taus takes positive numbers separated by commas, not '1,x'", "--taus", "1,x")]
    [InlineData("--taus takes positive numbers separated by commas, not '0'", "--taus", "0")]
    [InlineData("--seeds takes a whole number of at least 1, not '0'", "--seeds", "0")]
    public void A_wrong_choice_is_one_line(string message, params string[] arguments)
    {
        var (code, output, error) = SmallRun.Sia(["compare", .. arguments]);
        Assert.Equal((ExitCode.Wrong, ""), (code, output));
        Assert.StartsWith($"sia: {message}", error);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Agreement_counts_the_pairs_that_the_paper_orders()
    {
        // At 16x the paper has sia < alibi < logn-p-rope < rope; here alibi and logn-p-rope are swapped.
        var found = new Dictionary<string, double> { ["sia"] = 1, ["alibi"] = 3, ["logn-p-rope"] = 2, ["rope"] = 9, ["sia-rope"] = 0 };
        Assert.Equal((3, 3), PaperTable.Agreement("sia", 2, found));
        Assert.Equal((2, 3), PaperTable.Agreement("alibi", 2, found));
        Assert.Equal((0, 0), PaperTable.Agreement("sia-rope", 2, found));
        // Within the noise of the paper's seeds nothing is ordered: 3.261 and 3.260.
        Assert.Equal((0, 0), PaperTable.Agreement("rope", 0, new Dictionary<string, double> { ["rope"] = 1, ["p-rope"] = 2 }));
    }

    /// <summary>A comparison of three steps; options given later replace those here.</summary>
    private static string[] Arguments(SmallRun run, string name, params string[] more)
    {
        Dictionary<string, string> values = new() { ["--methods"] = "sia,rope,ntk,yarn", ["--taus"] = "1", ["--seeds"] = "2", ["--eval-tokens"] = "256", ["--steps"] = "3" };
        if (more.Length > 0) values.Remove("--taus");
        for (var i = 0; i < more.Length; i += 2) values[more[i]] = more[i + 1];
        return
        [
            "compare", "--data", run.Text, "--vocabulary", "300", "--layers", "1", "--width", "16", "--heads", "2", "--context", "16", "--batch-tokens", "64", "--micro-batch-tokens", "32",
            "--eval-contexts", "16,64", "--eval-every", "2", "--out", Path.Combine(run.Folder, name), .. values.SelectMany(pair => (string[])[pair.Key, pair.Value]),
        ];
    }

    private static string[] Single(SmallRun run) =>
    [
        "train", "--data", run.Text, "--vocabulary", "300", "--layers", "1", "--width", "16", "--heads", "2", "--context", "16", "--batch-tokens", "64", "--micro-batch-tokens", "32", "--steps", "3",
        "--eval-tokens", "256", "--attention", "rope", "--seed", "2", "--out", Path.Combine(run.Folder, "single"),
    ];

    private static Dictionary<string, JsonElement> Results(SmallRun run, string name) => File.ReadAllLines(Path.Combine(run.Folder, name, "results.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(result => $"{result.GetProperty("name").GetString()} {result.GetProperty("seed").GetInt32()}");

    private static IEnumerable<string> Trainings(SmallRun run, string name) =>
        Directory.GetDirectories(Path.Combine(run.Folder, name)).Select(folder => Path.GetFileName(folder)!).Where(folder => folder != ".data").Order(StringComparer.Ordinal);

    private static double Loss(JsonElement result, int context) =>
        result.GetProperty("evaluations").EnumerateArray().First(e => e.GetProperty("context").GetInt32() == context).GetProperty("mean").GetDouble();
}

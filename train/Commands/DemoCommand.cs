using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SiaEngine.Cpu;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia demo</c>: the main job with nothing else needed: a scale-invariant and a RoPE model on the same batches, far beyond their training context.</summary>
internal static class DemoCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Option<string>("--out") { Description = "Folder of the results; what it holds of an earlier demo is replaced.", DefaultValueFactory = _ => "runs/demo" };
        return context.Command("demo", "Train a scale-invariant and a RoPE model on the same text and compare them at 1, 4 and 16 times the training context.", Run, folder);

        int Run(ParseResult parsed)
        {
            var watch = Stopwatch.StartNew();
            using var device = context.Open(parsed);
            var screen = context.Screen;
            var target = parsed.GetValue(folder)!;
            var config = (Presets.Find("demo") with { Seed = context.Seed(parsed), CheckpointEvery = 0 }).Validate();
            var data = context.Prepare(null, null, config.Vocabulary, CommandContext.Cache(target));
            var manifest = data.Manifest;
            screen.Line(string.Create(CultureInfo.InvariantCulture,
                $"corpus: {manifest.Documents} documents, {manifest.TrainTokens:N0} training and {manifest.ValidationTokens:N0} validation tokens of {manifest.Vocabulary} kinds, unigram entropy {manifest.UnigramEntropy:F3} nats"));
            Directory.CreateDirectory(target);
            var results = new List<MethodResult>();
            foreach (var method in (string[])["sia", "rope"])
            {
                var run = Path.Combine(target, method);
                if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
                var result = new TrainingRun(config with { Attention = method }, data, device, run, screen).Execute(resume: false, model => Samples.Of(model, data, config.Seed), context.Stop);
                screen.JsonLine(result);
                results.Add(result);
            }

            var summary = new Summary(device.Name, RowParallel.Threads, Math.Round(watch.Elapsed.TotalSeconds, 1), manifest.UnigramEntropy, results);
            summary.Write(Path.Combine(target, "summary.json"));
            Report.Write(Path.Combine(target, "report.html"), summary, config);
            Show(screen, summary, config);
            screen.Line($"{summary.Seconds:F0} s; wrote {target}: summary.json, report.html");
            return ExitCode.Done;
        }
    }

    private static void Show(Screen screen, Summary summary, RunConfig config)
    {
        var table = new Table().AddColumns(["method", "train loss", .. config.Contexts.Select((c, i) => $"loss at {c} ({c / config.Context}x)"), "tokens/s"]);
        foreach (var method in summary.Methods)
            table.AddRow([method.Name, Number(method.FinalTrainLoss), .. config.Contexts.Select(c => Number(method.ValLoss[ContextLoss.Key(c)])), method.TokensPerSecond.ToString("N0", CultureInfo.InvariantCulture)]);
        screen.Table(table);
        screen.Line($"unigram entropy of the training tokens: {Number(summary.UnigramEntropy!.Value)} nats");
        screen.Line();
        screen.Line($"The scale-invariant model continues:{Environment.NewLine}{summary.Methods[0].Sample}");
        screen.Line();
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SiaEngine.Model;
using SiaEngine.Train.Compare;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia compare</c>: several methods on the same batches, with several seeds; continues where it was stopped.</summary>
internal static class CompareCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new RunOptions();
        var methods = new Option<string>("--methods") { Description = $"Methods, separated by commas, or all: {AttentionMethod.Names}.", DefaultValueFactory = _ => "sia,rope" };
        var seeds = Options.Whole("--seeds", "Seeds per method, from --seed on.", 1, 1);
        var taus = new Option<string>("--taus") { Description = "More values of tau for sia, separated by commas (Figure 5)." };
        var folder = new Option<string>("--out") { Description = "Folder of the runs, results.jsonl, summary.json and report.html.", DefaultValueFactory = _ => "runs/compare" };
        return context.Command("compare", "Train and evaluate several attention methods on the same batches.", Run, [.. options.Symbols.Where(symbol => symbol.Name != "--attention"), methods, seeds, taus, folder]);

        int Run(ParseResult parsed)
        {
            var watch = Stopwatch.StartNew();
            var config = options.Read(parsed, context, "demo");
            var variants = Variants(parsed.GetValue(methods)!, parsed.GetValue(taus), config);
            using var device = context.Open(parsed);
            config.ComputeOn(device);
            var target = parsed.GetValue(folder)!;
            var data = context.Prepare(config.Data, config.Tokenizer, config.Vocabulary, Path.Combine(Path.GetFullPath(target), ".data"));
            var summaries = new CompareRun(config, data, device, target, context).Execute(variants, parsed.GetValue(seeds));
            var table = new Table().AddColumns(["method", .. config.Contexts.Select(c => $"loss at {c}"), "train loss", .. PaperTable.Multiples.Select(m => $"paper {m}x"), "pairs kept"]);
            foreach (var summary in summaries) table.AddRow(Array.ConvertAll(ComparePage.Row(summary, summaries, config), Markup.Escape));
            context.Screen.Table(table);
            new Summary(device.Name, Cpu.RowParallel.Threads, Math.Round(watch.Elapsed.TotalSeconds, 1), data.Manifest.UnigramEntropy, [.. summaries.Select(summary => Result(summary, config, data.Vocabulary))]).Write(Path.Combine(target, "summary.json"));
            ComparePage.Write(Path.Combine(target, "report.html"), summaries, config, target, watch.Elapsed.TotalSeconds);
            context.Screen.Line($"wrote {target}: results.jsonl, summary.json, report.html and a folder per training");
            return ExitCode.Done;
        }
    }

    private static MethodResult Result(MethodSummary summary, RunConfig config, int vocabulary) => new()
    {
        Name = summary.Name,
        Parameters = (config with { Attention = summary.Results[0].Method }).Model(vocabulary).Parameters,
        TrainContext = config.Context,
        Steps = summary.Results[0].Steps,
        Tokens = summary.Results[0].Tokens,
        FinalTrainLoss = Math.Round(summary.Results.Average(result => result.FinalTrainLoss), 6),
        ValLoss = config.Contexts.ToDictionary(ContextLoss.Key, c => Math.Round(summary.Mean(c), 6)),
        ValLossError = summary.Results.Count < 2 ? null : config.Contexts.ToDictionary(ContextLoss.Key, c => Math.Round(summary.Error(c), 6)),
        TokensPerSecond = Math.Round(summary.Results.Average(result => result.TokensPerSecond), 1),
        PeakRssMib = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
    };

    private static List<(string Name, string Method, double Tau)> Variants(string methods, string? taus, RunConfig config)
    {
        var variants = new List<(string, string, double)>();
        foreach (var name in methods == "all" ? [.. AttentionMethod.All.Select(method => method.Name)] : methods.Split(',', StringSplitOptions.TrimEntries))
        {
            if (AttentionMethod.All.All(method => method.Name != name)) throw new ArgumentException($"--methods takes some of {AttentionMethod.Names}, separated by commas, or all, not '{name}'");
            if (variants.All(variant => variant.Item1 != name)) variants.Add((name, name, config.Tau));
        }

        foreach (var text in taus?.Split(',') ?? [])
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var tau) || !(tau > 0) || double.IsInfinity(tau)) throw new ArgumentException($"--taus takes positive numbers separated by commas, not '{taus}'");
            var name = $"sia tau {CompareRun.ContextTau(tau)}";
            if (tau != config.Tau && variants.All(variant => variant.Item1 != name)) variants.Add((name, "sia", tau));
        }

        return variants;
    }
}

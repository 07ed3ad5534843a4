using System.CommandLine;
using SiaEngine.Model;
using SiaEngine.Train.Statistics;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia statistics</c>: entropy, attention by distance and distribution of the scores of a trained model.</summary>
internal static class StatisticsCommand
{
    public static Command Create(CommandContext context)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Folder of a checkpoint or a run.", Required = true };
        var contexts = Options.Wholes("--contexts", "Contexts, separated by commas; 1, 4 and 16 times the training context if left out.");
        var data = new Option<string>("--data") { Description = "Other text or shards than the run's." };
        var attention = Options.Choice("--attention", "Run under another rule.", null, [.. AttentionMethod.All.Select(method => method.Name)]);
        var sequences = Options.Whole("--sequences", "Sequences per context.", 1, 4);
        var rows = Options.Whole("--rows", "Most queries per sequence and range of positions; the ranges double.", 1, 64);
        var folder = new Option<string>("--out") { Description = "Folder of statistics.json and statistics.html.", DefaultValueFactory = _ => "runs/statistics" };
        return context.Command("statistics", "Attention entropy, attention by distance and score quantiles of a trained model.", Run, checkpoint, contexts, data, attention, sequences, rows, folder);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed);
            var source = new CheckpointedModel(parsed.GetValue(checkpoint)!);
            using var model = source.Load(parsed.GetValue(attention), device);
            var dataset = source.Data(parsed.GetValue(data), context);
            var run = new StatisticsRun(model, parsed.GetValue(sequences), parsed.GetValue(rows), context.Screen.Progress, context.Stop);
            var found = run.Execute(dataset, parsed.Contexts(contexts, source.State.Config));
            var report = new StatisticsReport(parsed.GetValue(checkpoint)!, model.Tables.Method.Name, source.State.Config.Context, parsed.GetValue(rows), found);
            var target = Directory.CreateDirectory(parsed.GetValue(folder)!).FullName;
            report.Write(Path.Combine(target, "statistics.json"));
            StatisticsPage.Write(Path.Combine(target, "statistics.html"), report);
            foreach (var at in found)
            {
                var table = new Table().AddColumns("layer", "keys", "entropy", "last 100 keys", "score mean", "score sd", "skewness", "excess kurtosis");
                foreach (var layer in at.Layers) table.AddRow(StatisticsPage.Row(layer));
                context.Screen.Line($"{model.Tables.Method.Title}, context {at.Context}, {at.Sequences} sequences; the queries with the most keys");
                context.Screen.Table(table);
                context.Screen.JsonLine(at);
            }

            context.Screen.Line($"wrote {parsed.GetValue(folder)}: statistics.json, statistics.html");
            return ExitCode.Done;
        }
    }
}

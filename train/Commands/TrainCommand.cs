using System.CommandLine;
using System.Diagnostics;
using SiaEngine.Cpu;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia train</c>: one run.</summary>
internal static class TrainCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new RunOptions();
        var folder = new Option<string>("--out") { Description = "Folder of the run.", DefaultValueFactory = _ => "runs/train" };
        var resume = new Option<bool>("--resume") { Description = "Continue from the folder's checkpoint." };
        return context.Command("train", "Train one model.", Run, [.. options.Symbols, folder, resume]);

        int Run(ParseResult parsed)
        {
            var watch = Stopwatch.StartNew();
            var config = options.Read(parsed, context, "demo");
            using var device = context.Open(parsed);
            config.ComputeOn(device);
            var target = parsed.GetValue(folder)!;
            var data = context.Prepare(config.Data, config.Tokenizer, config.Vocabulary, CommandContext.Cache(target));
            var result = new TrainingRun(config, data, device, target, context.Screen).Execute(parsed.GetValue(resume), model => Samples.Of(model, data, config.Seed), context.Stop);
            var summary = new Summary(device.Name, RowParallel.Threads, Math.Round(watch.Elapsed.TotalSeconds, 1), data.Manifest.UnigramEntropy, [result]);
            summary.Write(Path.Combine(target, "summary.json"));
            Report.Write(Path.Combine(target, "report.html"), summary, config);
            context.Screen.JsonLine(result);
            context.Screen.Line($"wrote {target}: config.json, metrics.jsonl, checkpoint, summary.json, report.html");
            return ExitCode.Done;
        }
    }
}

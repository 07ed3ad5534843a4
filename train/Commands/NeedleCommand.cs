using System.CommandLine;
using System.Diagnostics;
using SiaEngine.Model;
using SiaEngine.Train.Data;
using SiaEngine.Train.Needle;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia needle</c>: tunes checkpoints to find sentences in long texts and scores them at several lengths.</summary>
internal static class NeedleCommand
{
    public static Command Create(CommandContext context)
    {
        var checkpoint = new Option<string[]>("--checkpoint") { Description = "Folders of checkpoints or runs, a row of the table each.", Required = true, AllowMultipleArgumentsPerToken = true };
        var contexts = Options.Wholes("--contexts", "Contexts to score at, separated by commas; 1, 4 and 16 times the training context if left out.");
        var steps = Options.Whole("--steps", "Tuning steps.", 1, 300);
        var batch = Options.Whole("--batch", "Prompts per step; 0 for as many sequences as in training.", 0, 0);
        var examples = Options.Whole("--examples", "Prompts scored per context, three needles each.", 1, 100);
        var colliding = new Option<bool>("--colliding") { Description = "Draw the cities of a prompt with repetition, as a public script does; some needles then cannot be told apart." };
        var attention = Options.Choice("--attention", "Score under another rule than the one tuned under.", null, [.. AttentionMethod.All.Select(method => method.Name)]);
        var data = new Option<string>("--data") { Description = "Other filler than the text of the run." };
        var tokenizer = new Option<string>("--tokenizer") { Description = "Folder with vocab.json and merges.txt, for models that learned from shards without one." };
        var folder = new Option<string>("--out") { Description = "Folder of needle.json and needle.html.", DefaultValueFactory = _ => "runs/needle" };
        return context.Command("needle", "Needle in a haystack: tune checkpoints on it and score them at several lengths.", Run, checkpoint, contexts, steps, batch, examples, colliding, attention, data, tokenizer, folder);

        int Run(ParseResult parsed)
        {
            var watch = Stopwatch.StartNew();
            using var device = context.Open(parsed);
            var given = parsed.GetValue(tokenizer) is { } path ? TextTokenizer.Load(path) : null;
            var run = new NeedleRun(context, device, given, parsed.GetValue(steps), parsed.GetValue(batch), context.Seed(parsed), parsed.GetValue(colliding));
            var sources = parsed.GetValue(checkpoint)!.Select(name => (Name: name, Model: new CheckpointedModel(name))).ToArray();
            var lengths = parsed.Contexts(contexts, sources[0].Model.State.Config);
            var results = new List<NeedleResult>();
            foreach (var (name, source) in sources)
            {
                var result = run.Execute(source, name, parsed.GetValue(attention), source.Data(parsed.GetValue(data), context), lengths, parsed.GetValue(examples));
                context.Screen.JsonLine(result);
                results.Add(result);
            }

            var report = new NeedleReport(device.Name, context.Seed(parsed), parsed.GetValue(steps), run.Batch(sources[0].Model.State.Config), parsed.GetValue(examples), parsed.GetValue(colliding), Math.Round(watch.Elapsed.TotalSeconds, 1), results);
            var target = Directory.CreateDirectory(parsed.GetValue(folder)!).FullName;
            report.Write(Path.Combine(target, "needle.json"));
            NeedlePage.Write(Path.Combine(target, "needle.html"), report);
            var table = new Table().AddColumns(Array.ConvertAll(NeedlePage.Head(report), Markup.Escape));
            foreach (var result in results) table.AddRow(Array.ConvertAll(NeedlePage.Row(result), Markup.Escape));
            context.Screen.Table(table);
            context.Screen.Line($"wrote {parsed.GetValue(folder)}: needle.json, needle.html");
            return ExitCode.Done;
        }
    }
}

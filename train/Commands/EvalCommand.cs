using System.CommandLine;
using System.Globalization;
using SiaEngine.Model;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia eval</c>: validation loss of a checkpoint at any context lengths, also under another attention rule.</summary>
internal static class EvalCommand
{
    public static Command Create(CommandContext context)
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "Folder of a checkpoint or a run.", Required = true };
        var contexts = Options.Wholes("--contexts", "Contexts, separated by commas; 1, 4 and 16 times the training context if left out.");
        var data = new Option<string>("--data") { Description = "Other text or shards than the run's." };
        var attention = Options.Choice("--attention", "Evaluate under another rule.", null, [.. AttentionMethod.All.Select(method => method.Name)]);
        var tokens = Options.Whole("--eval-tokens", "Validation tokens, the same for every context.", 1, 65_536);
        return context.Command("eval", "Validation loss of a checkpoint at several context lengths.", Run, checkpoint, contexts, data, attention, tokens);

        int Run(ParseResult parsed)
        {
            using var device = context.Open(parsed);
            var source = new CheckpointedModel(parsed.GetValue(checkpoint)!);
            using var model = source.Load(parsed.GetValue(attention), device);
            var dataset = source.Data(parsed.GetValue(data), context);
            var evaluation = new Evaluation(dataset, parsed.Contexts(contexts, source.State.Config), parsed.GetValue(tokens));
            var losses = evaluation.Run(model, length => context.Screen.Progress($"evaluating at context {length}"), context.Stop);
            var table = new Table().AddColumns("context", "loss", "last position range", "loss there");
            foreach (var loss in losses)
            {
                var last = loss.ByPosition[^1];
                table.AddRow(ContextLoss.Key(loss.Context), Number(loss.Mean), $"{last.Start}-{last.End - 1}", Number(last.Mean));
                context.Screen.JsonLine(new { Attention = model.Tables.Method.Name, loss.Context, loss.Mean, evaluation.Tokens, PeakMib = device.Pool.PeakBytes >> 20, loss.ByPosition });
            }

            context.Screen.Line($"{model.Tables.Method.Title}, {evaluation.Tokens:N0} validation tokens, nats per token; peak memory {device.Pool.PeakBytes >> 20} MiB");
            context.Screen.Table(table);
            return ExitCode.Done;
        }
    }

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using SiaEngine.Cpu;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia gradcheck</c>: every op's backward against float64 central differences.</summary>
internal static class GradCheckCommand
{
    public static Command Create(CommandContext context)
    {
        var op = new Option<string>("--op") { Description = $"One op: {string.Join(", ", GradientCatalog.Ops.Select(entry => entry.Id))}." };
        return context.Command("gradcheck", "Check every op's backward against float64 central differences.", Run, op);

        int Run(ParseResult parsed)
        {
            using var device = new CpuDevice();
            var ops = parsed.GetValue(op) is { } id ? [Find(id)] : GradientCatalog.Ops;
            return Check(ops, device, context.Screen, context.Seed(parsed), context.Stop);
        }
    }

    /// <summary>Checks ops, a row each; <see cref="ExitCode.CheckFailed"/> if one does not hold.</summary>
    internal static int Check(IReadOnlyList<GradientCatalog.Entry> ops, Device device, Screen screen, ulong seed, CancellationToken stop)
    {
        var table = new Table().AddColumns("op", "cases", "elements checked", "worst error", "verdict", "where");
        var holds = true;
        foreach (var entry in ops)
        {
            screen.Progress($"checking {entry.Id}");
            var (elements, worst, where) = (0L, 0.0, "");
            foreach (var test in entry.Cases)
            {
                stop.ThrowIfCancellationRequested();
                var result = GradientCheck.Run(entry.Id, test, device, seed);
                elements += result.Checked;
                if (result.WorstError >= worst) (worst, where) = (result.WorstError, $"{result.Case}: {result.Worst}");
            }

            var good = worst <= GradientCheck.Tolerance && elements > 0;
            holds &= good;
            table.AddRow(entry.Id, entry.Cases.Count.ToString(CultureInfo.InvariantCulture), elements.ToString("N0", CultureInfo.InvariantCulture),
                worst.ToString("E1", CultureInfo.InvariantCulture), good ? "holds" : "WRONG", Markup.Escape(good ? "" : where));
            screen.JsonLine(new { Op = entry.Id, Cases = entry.Cases.Count, Checked = elements, WorstError = worst, Tolerance = GradientCheck.Tolerance, Holds = good, Where = where });
        }

        screen.Line($"error = |backward - difference| / (1 + |difference|), at most {GradientCheck.Tolerance:E0}; every subset of tracked inputs, written and added");
        screen.Table(table);
        return holds ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static GradientCatalog.Entry Find(string id)
    {
        try
        {
            return GradientCatalog.Find(id);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--op: {e.Message}", e);
        }
    }
}

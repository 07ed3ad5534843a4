using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SiaEngine.Train.Theory;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia theory</c>: the paper's lemmas, Theorem 1 and Figures 1 (top row), 2 and 6, every number beside its expected value.</summary>
internal static class TheoryCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Option<string>("--out") { Description = "Folder of theory.html.", DefaultValueFactory = _ => "runs/theory" };
        var effort = Options.Real("--effort", "Factor on the number of samples.", 0.001, 1000, 1);
        return context.Command("theory", "Check the paper's lemmas, theorem and figures against closed forms and samples.", Run, folder, effort);

        int Run(ParseResult parsed)
        {
            var watch = Stopwatch.StartNew();
            var screen = context.Screen;
            var run = new TheoryRun(context.Seed(parsed), parsed.GetValue(effort), screen.Progress, context.Stop);
            var table = new Table().AddColumns("number", "expected", "found", "standard error", "agrees");
            foreach (var check in run.Checks)
            {
                table.AddRow(Markup.Escape($"{check.Section}: {check.Name}"), TheoryCheck.Number(check.Expected), TheoryCheck.Number(check.Found),
                    check.Error > 0 ? check.Error.ToString("G2", CultureInfo.InvariantCulture) : "exact", check.Holds ? "yes" : "NO");
                screen.JsonLine(new { check.Section, check.Name, check.Expected, check.Found, StandardError = check.Error, check.Band, check.Holds });
            }

            Directory.CreateDirectory(parsed.GetValue(folder)!);
            var page = Path.Combine(parsed.GetValue(folder)!, "theory.html");
            TheoryPage.Write(page, run);
            screen.Table(table);
            var wrong = run.Checks.Count(check => !check.Holds);
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"{run.Checks.Count - wrong} of {run.Checks.Count} numbers agree; {watch.Elapsed.TotalSeconds:F0} s; wrote {page}"));
            return wrong == 0 ? ExitCode.Done : ExitCode.CheckFailed;
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScottPlot;
using SiaEngine.Cpu;
using SiaEngine.Train.Bench;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia bench scaling</c>: time of a training step against context and width and of attention against context, with fitted exponents.</summary>
internal static class ScalingCommand
{
    private static readonly int[] Contexts = [256, 512, 1024, 2048, 4096, 8192, 16_384], Widths = [128, 192, 256, 384, 512, 768, 1024];

    public static Command Create(CommandContext context)
    {
        var output = new Option<string?>("--out") { Description = "Folder for scaling.md, scaling.json and scaling.html." };
        var most = Options.Whole("--most", "Largest context; widths go to a sixteenth of it.", 512, Contexts[^1]);
        return context.Command("scaling", "Step time against context (256 to 16,384, tokens of a step constant) and width (128 to 1,024), attention against context, with fitted exponents; about four minutes.", Run, output, most);

        int Run(ParseResult parsed)
        {
            if (parsed.GetValue(context.Common.Device) != "cpu") throw new ArgumentException("bench scaling measures the CPU; leave --device out");
            var largest = parsed.GetValue(most);
            int[] contexts = [.. Contexts.Where(t => t <= largest)], widths = [.. Widths.Where(w => w <= Math.Max(largest / 16, 192))];
            var method = "sia";
            List<ScalingSweep> sweeps =
            [
                Sweep(context, "training step, 4 layers of width 128, constant tokens", "T", "0 where weights dominate, 1 where attention does", contexts, t => Step(context, new("context", 4, 128, 2, t, largest / t, 4096), method)),
                Sweep(context, "attention forward + backward, 2 heads of 64", "T", "2", contexts, t => Attention(context, t)),
                Sweep(context, "training step, 4 layers, 4 sequences of 512", "width", "1 where rows dominate, 2 where weights do", widths, w => Step(context, new("width", 4, w, w / 64, 512, 4, 1024), method)),
            ];
            var machine = MachineReport.Measure(new(null, null, null, RowParallel.Threads, false));
            foreach (var sweep in sweeps)
            {
                context.Screen.Line(sweep.Name);
                var table = new Table().AddColumns(sweep.Axis, "s", "GFLOP/s");
                foreach (var point in sweep.Points) table.AddRow(Cells(point));
                context.Screen.Table(table);
                context.Screen.Line(Fits(sweep));
            }

            var json = Json(machine, sweeps);
            context.Screen.JsonLine(json);
            if (parsed.GetValue(output) is not { } folder) return ExitCode.Done;
            Directory.CreateDirectory(folder);
            AtomicText.Write(Path.Combine(folder, "scaling.json"), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            AtomicText.Write(Path.Combine(folder, "scaling.md"), Markdown(machine, sweeps));
            Page(Path.Combine(folder, "scaling.html"), machine, sweeps);
            context.Screen.Line($"wrote {folder}: scaling.md, scaling.json and scaling.html");
            return ExitCode.Done;
        }
    }

    private static ScalingSweep Sweep(CommandContext context, string name, string axis, string expected, int[] sizes, Func<int, (double Seconds, double Work)> measure) => new(name, axis, expected,
    [
        .. sizes.Select(size =>
        {
            context.Screen.Progress($"{name}, {axis} {size}");
            var (seconds, work) = measure(size);
            return (size, seconds, work / seconds / 1e9);
        }),
    ]);

    // Small sizes are repeated for half a second, large ones twice.
    private static double Median(CommandContext context, Action body)
    {
        var times = new Stopwatches(1, 2, 0.5, context.Stop).Measure(body);
        return times[times.Length / 2];
    }

    private static (double Seconds, double Work) Step(CommandContext context, BenchShape shape, string method)
    {
        using var device = new CpuDevice();
        using var step = new TimedStep(shape, method, DType.F32, device, 1);
        return (Median(context, step.Run), shape.Work);
    }

    private static (double Seconds, double Work) Attention(CommandContext context, int length)
    {
        using var device = new CpuDevice();
        using var attention = new TimedAttention(1, 2, length, 64, "sia", backward: true, DType.F32, device);
        return (Median(context, attention.Run), attention.Work);
    }

    private static string[] Cells((int Size, double Seconds, double Gflops) point) => [$"{point.Size}", point.Seconds.ToString("g4", CultureInfo.InvariantCulture), point.Gflops.ToString("f1", CultureInfo.InvariantCulture)];

    private static string Fits(ScalingSweep sweep) => string.Create(CultureInfo.InvariantCulture,
        $"time ~ {sweep.Axis}^p: p = {sweep.All.Exponent:f2} ± {sweep.All.Error:f2} over all, {sweep.Large.Exponent:f2} ± {sweep.Large.Error:f2} over the larger half; expected {sweep.Expected}");

    private static JsonObject Json(JsonObject machine, List<ScalingSweep> sweeps) => new()
    {
        ["machine"] = machine.DeepClone(),
        ["sweeps"] = new JsonArray([
            .. sweeps.Select(static sweep => (JsonNode)new JsonObject
            {
                ["name"] = sweep.Name,
                ["axis"] = sweep.Axis,
                ["points"] = new JsonArray([.. sweep.Points.Select(static p => (JsonNode)new JsonObject { ["size"] = p.Size, ["median_s"] = Math.Round(p.Seconds, 6), ["gflops"] = Math.Round(p.Gflops, 2) })]),
                ["exponent"] = Math.Round(sweep.All.Exponent, 4),
                ["exponent_error"] = Math.Round(sweep.All.Error, 4),
                ["larger_half_exponent"] = Math.Round(sweep.Large.Exponent, 4),
                ["larger_half_exponent_error"] = Math.Round(sweep.Large.Error, 4),
            }),
        ]),
    };

    private static string Markdown(JsonObject machine, List<ScalingSweep> sweeps)
    {
        var text = new StringBuilder($"# Time against size\n\n{MachineReport.Sentence(machine)}\n\n    sia bench scaling --threads {machine["threads"]} --out FOLDER\n");
        foreach (var sweep in sweeps)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {sweep.Name}\n\n| {sweep.Axis} | s | GFLOP/s |\n|---|---|---|\n");
            foreach (var point in sweep.Points) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(point))} |\n");
            text.Append(CultureInfo.InvariantCulture, $"\n{Fits(sweep)}.\n");
        }

        return text.ToString();
    }

    private static void Page(string path, JsonObject machine, List<ScalingSweep> sweeps)
    {
        var page = new HtmlPage("Time against size");
        page.Text(MachineReport.Sentence(machine));
        foreach (var sweep in sweeps)
        {
            page.Heading(sweep.Name);
            page.Figure($"{sweep.Name}: seconds against {sweep.Axis}", $"Both axes logarithmic. {Fits(sweep)}.", plot => Draw(plot, sweep));
            page.Table([sweep.Axis, "s", "GFLOP/s"], sweep.Points.Select(Cells));
        }

        page.Write(path);
    }

    private static void Draw(Plot plot, ScalingSweep sweep)
    {
        HtmlPage.Curve(plot, "measured", 0, [.. sweep.Points.Select(static p => (Math.Log2(p.Size), Math.Log10(p.Seconds)))]);
        foreach (var (fit, name, from, color) in ((PowerLaw, string, int, int)[])[(sweep.All, "all", 0, 1), (sweep.Large, "larger half", sweep.Points.Count / 2, 2)])
        {
            double first = sweep.Points[from].Size, last = sweep.Points[^1].Size;
            var line = plot.Add.Line(Math.Log2(first), Math.Log10(fit.At(first)), Math.Log2(last), Math.Log10(fit.At(last)));
            (line.LineColor, line.LinePattern, line.LegendText) = (ScottPlot.Color.FromHex(HtmlPage.Colors[color]), LinePattern.Dashed, string.Create(CultureInfo.InvariantCulture, $"{name}: p = {fit.Exponent:f2}"));
        }

        HtmlPage.Powers(plot, sweep.Points.Select(static p => p.Size));
        plot.XLabel(sweep.Axis);
        plot.YLabel("log10 of the seconds");
        plot.ShowLegend(Edge.Right);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using ScottPlot;

namespace SiaEngine.Train.Bench;

/// <summary>The page of <c>sia bench suite</c>.</summary>
internal static class SuitePage
{
    /// <summary>Writes the page.</summary>
    public static void Write(string path, JsonObject machine, IReadOnlyList<JsonObject> lines)
    {
        var page = new HtmlPage("Speed beside the peer");
        page.Text(MachineReport.Sentence(machine));
        page.Text("Runs in turns, each case in a process of its own; a ratio above 1 means that we are faster. Work counted is useful work only: the causal half of attention, backward as twice forward.");
        var compared = lines.Where(static line => line["ratio"] is not null).ToList();
        if (compared.Count > 0) page.Figure("Time of the peer / our time", "Bars: median over the pairs; thin lines: from the least to the largest pair; red marks: the target. One means equal; the scale is logarithmic.", plot => Ratios(plot, compared), Height(compared.Count));
        var bounded = lines.Where(static line => line["share"] is not null).ToList();
        if (bounded.Count > 0) page.Figure("Share of the machine's bound, %", "Of what multiply-adds on registers reach; decoding: of what reading memory reaches.", plot => Shares(plot, bounded), Height(bounded.Count));
        foreach (var section in lines.GroupBy(static line => (string)line["section"]!))
        {
            page.Heading(section.Key);
            page.Table(SuiteTable.Head, section.Select(SuiteTable.Row));
        }

        page.Write(path);
    }

    private static int Height(int bars) => 120 + 22 * bars;

    private static void Ratios(Plot plot, List<JsonObject> lines)
    {
        // Bars grow from 1, where both are equally fast.
        Bars(plot, lines, static line => Math.Log2((double)line["ratio"]!));
        for (var i = 0; i < lines.Count; i++)
        {
            var spread = plot.Add.Line(Math.Log2((double)lines[i]["ratio_min"]!), -i, Math.Log2((double)lines[i]["ratio_max"]!), -i);
            (spread.LineColor, spread.LineWidth) = (Color.FromHex("#212529"), 1.5f);
            if ((double?)lines[i]["target"] is not { } target || target == 0) continue;
            var mark = plot.Add.Line(Math.Log2(target), -i - 0.4, Math.Log2(target), -i + 0.4);
            (mark.LineColor, mark.LineWidth) = (Color.FromHex("#c92a2a"), 3);
        }

        var equal = plot.Add.VerticalLine(0, 1, Color.FromHex("#868e96"), LinePattern.Dashed);
        equal.LineWidth = 1;
        plot.XLabel("peer / ours");
        double[] ticks = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 3, 4, 6, 8, 12, 16];
        plot.Axes.Bottom.SetTicks([.. ticks.Select(Math.Log2)], [.. ticks.Select(static tick => tick.ToString(CultureInfo.InvariantCulture))]);
    }

    private static void Shares(Plot plot, List<JsonObject> lines)
    {
        Bars(plot, lines, static line => 100 * (double)line["share"]!);
        plot.XLabel("% of the bound");
        plot.Axes.Margins(left: 0);
    }

    private static void Bars(Plot plot, List<JsonObject> lines, Func<JsonObject, double> value)
    {
        double[] places = [.. lines.Select(static (_, i) => -(double)i)];
        var bars = plot.Add.Bars(places, [.. lines.Select(value)]);
        (bars.Horizontal, bars.Color) = (true, Color.FromHex(HtmlPage.Colors[0]));
        plot.Axes.Left.SetTicks(places, [.. lines.Select(static line => (string?)line["key"] ?? $"{line["section"]}, {line["name"]}, {line["threads"]} threads")]);
    }
}

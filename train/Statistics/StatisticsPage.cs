using System.Globalization;
using ScottPlot;

namespace SiaEngine.Train.Statistics;

/// <summary>The page of <c>sia statistics</c>: Figure 1 (bottom row) and Figures 9 to 14 of the paper for a trained model of this engine.</summary>
internal static class StatisticsPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(string path, StatisticsReport report)
    {
        var longest = report.Contexts.MaxBy(context => context.Context)!;
        var page = new HtmlPage($"Attention statistics: {report.Attention}");
        page.Text($"{report.Checkpoint}, trained at context {report.TrainContext}. Means over heads, {longest.Sequences} sequences of {longest.Context} tokens and at most {report.Rows} queries per range of positions; a line per layer. {TrainingRun.Version}.");
        page.Figure("Figure 1, bottom left: entropy over all keys", "Mean of the queries that see so many keys, up to twice as many.", plot =>
            Layers(plot, longest, "entropy, nats", row => row.Entropy));
        page.Figure("Figure 1, bottom middle: entropy inside [10, 100)", "Of the attention normalised within that range of distances, for queries that see all of it.", plot =>
            Layers(plot, longest, "entropy, nats", row => row.Distances.FirstOrDefault(d => d is { Start: 10, Complete: true })?.Entropy));
        page.Figure("Figure 1, bottom right: share of the last 100 keys", "The query's own position included.", plot =>
            Layers(plot, longest, "share of the attention", row => row.Last100));
        page.Figure("Attention by distance", "Share of each decade of distances, for the queries with the most keys.", plot => Decades(plot, longest, "share of the attention", d => d.Mass));
        page.Figure("Entropy by distance", "Inside each decade of distances, for the queries with the most keys.", plot => Decades(plot, longest, "entropy, nats", d => d.Entropy));
        page.Figure("Figures 9 to 14: scores against a normal", "Quantiles of q·k/√D, standardised, heads pooled; t > 0, first token excluded. A normal lies on the dashed line.", plot =>
        {
            foreach (var layer in longest.Layers.Where(layer => layer.Scores.StandardDeviation > 0))
                HtmlPage.Curve(plot, $"layer {layer.Layer}", layer.Layer, [.. layer.Scores.Quantiles.Select(q => (q.Normal, (q.Score - layer.Scores.Mean) / layer.Scores.StandardDeviation))], 1);
            var diagonal = plot.Add.Line(-4, -4, 4, 4);
            (diagonal.LineColor, diagonal.LinePattern) = (Color.FromHex("#868e96"), LinePattern.Dashed);
            Label(plot, "standard normal quantile", "standardised score");
        });
        foreach (var context in report.Contexts)
        {
            page.Heading($"Context {context.Context}");
            page.Table(["layer", "keys", "entropy", "last 100 keys", "score mean", "score sd", "skewness", "excess kurtosis"], context.Layers.Select(layer => Row(layer)));
        }

        page.Write(path);
    }

    /// <summary>The row people read, also in the terminal: the queries with the most keys.</summary>
    public static string[] Row(LayerStatistics layer)
    {
        var row = layer.Rows[^1];
        return [Whole(layer.Layer), $"{row.Start + 1}-{row.End}", Number(row.Entropy), Number(row.Last100), Number(layer.Scores.Mean), Number(layer.Scores.StandardDeviation), Number(layer.Scores.Skewness), Number(layer.Scores.ExcessKurtosis)];
    }

    private static void Layers(Plot plot, ContextStatistics context, string y, Func<RowStatistics, double?> value)
    {
        foreach (var layer in context.Layers)
            HtmlPage.Curve(plot, $"layer {layer.Layer}", layer.Layer, [.. layer.Rows.Where(row => value(row) is not null).Select(row => (Math.Log2(row.Start + 1), value(row)!.Value))]);
        HtmlPage.Powers(plot, context.Layers[0].Rows.Where(row => System.Numerics.BitOperations.IsPow2(row.Start)).Select(row => row.Start));
        Label(plot, "keys", y);
    }

    private static void Decades(Plot plot, ContextStatistics context, string y, Func<DistanceStatistics, double?> value)
    {
        foreach (var layer in context.Layers)
            HtmlPage.Curve(plot, $"layer {layer.Layer}", layer.Layer, [.. layer.Rows[^1].Distances.Select((d, i) => (X: (double)i, Y: value(d))).Where(p => p.Y is not null).Select(p => (p.X, p.Y!.Value))]);
        var ranges = context.Layers[0].Rows[^1].Distances;
        plot.Axes.Bottom.SetTicks([.. ranges.Select((_, i) => (double)i)], [.. ranges.Select(d => d.Start == 0 ? "0" : $"{d.Start}-{Math.Min(d.End, context.Context) - 1}")]);
        Label(plot, "distance, tokens", y);
    }

    private static void Label(Plot plot, string x, string y)
    {
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Edge.Right);
    }

    private static string Number(double value) => value.ToString("F3", CultureInfo.InvariantCulture);

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}

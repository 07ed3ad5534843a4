using System.Globalization;
using ScottPlot;

namespace SiaEngine.Train;

/// <summary><c>report.html</c>: loss curves, loss against context and against position, the table and samples.</summary>
internal static class Report
{
    /// <summary>Writes the page.</summary>
    public static void Write(string path, Summary summary, RunConfig config)
    {
        var page = new HtmlPage("Loss beyond the training context");
        page.Text(string.Create(CultureInfo.InvariantCulture,
            $"Trained at context {config.Context}, evaluated on the same validation tokens at {string.Join(", ", config.Contexts)}. {summary.Device}, {summary.Threads} threads, {summary.Seconds:F0} s, version {TrainingRun.Version}."));
        page.Table(["method", "weights", "tokens", "train loss", .. config.Contexts.Select(context => $"loss at {context}"), "tokens/s"], summary.Methods.Select(method => (string[])
            [method.Name, Whole(method.Parameters), Whole(method.Tokens), Loss(method.FinalTrainLoss), .. config.Contexts.Select(context => Loss(method.ValLoss[ContextLoss.Key(context)])), Whole(method.TokensPerSecond)]));
        page.Text($"Losses are nats per token{(summary.UnigramEntropy is { } entropy ? $"; the unigram entropy of the training tokens is {Loss(entropy)}" : "")}.");
        page.Figure("Validation loss against context length", "Flat is good: the model reads further than it was trained to.", plot => ContextPlot(plot, summary));
        page.Figure("Validation loss against position", "Mean loss of position ranges that double, at the longest context.", plot => PositionPlot(plot, summary));
        page.Figure("Training loss", "Loss of each step's batch before its update, smoothed over 2% of the run.", plot => CurvePlot(plot, summary));
        foreach (var method in summary.Methods.Where(method => method.Sample.Length > 0))
        {
            page.Heading($"{method.Name} writes");
            page.Verbatim(method.Sample);
        }

        page.Write(path);
    }

    private static void ContextPlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => [.. method.Evaluations.Select(e => (Math.Log2(e.Context), e.Mean))], 2);
        HtmlPage.Powers(plot, summary.Methods.SelectMany(method => method.Evaluations).Select(e => e.Context));
        plot.XLabel("context, tokens");
        plot.YLabel("loss, nats per token");
    }

    private static void PositionPlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => method.Evaluations.Count == 0 ? [] : [.. method.Evaluations[^1].ByPosition.Where(p => p.Start > 0).Select(p => (Math.Log2(p.Start), p.Mean))], 2);
        HtmlPage.Powers(plot, summary.Methods.SelectMany(method => method.Evaluations.Count == 0 ? [] : method.Evaluations[^1].ByPosition).Where(p => p.Start > 0).Select(p => p.Start));
        plot.XLabel("first position of the range");
        plot.YLabel("loss, nats per token");
    }

    private static void CurvePlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => HtmlPage.Smooth([.. method.Curve.Select(point => ((double)point.Step, point.Loss))]), 1.5f);
        if (summary.UnigramEntropy is { } entropy)
        {
            var line = plot.Add.HorizontalLine(entropy, 1, Color.FromHex("#868e96"), LinePattern.Dashed);
            line.LegendText = "unigram entropy";
        }

        plot.XLabel("step");
        plot.YLabel("loss, nats per token");
    }

    private static void Lines(Plot plot, Summary summary, Func<MethodResult, (double X, double Y)[]> points, float width)
    {
        for (var i = 0; i < summary.Methods.Count; i++) HtmlPage.Curve(plot, summary.Methods[i].Name, i, points(summary.Methods[i]), width);
        plot.ShowLegend(Edge.Right);
    }

    private static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Loss(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}

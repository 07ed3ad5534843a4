using System.Globalization;
using SiaEngine.Train.Compare;

namespace SiaEngine.Train.Needle;

/// <summary>The page of <c>sia needle</c>: our shares beside Table 2 of the paper, by context, and the tuning.</summary>
internal static class NeedlePage
{
    /// <summary>Heads of the table's columns.</summary>
    public static string[] Head(NeedleReport report) => ["method", .. report.Results[0].Scores.Select(score => $"at {score.Context}"), .. PaperTable.Multiples.Select(multiple => $"paper, {multiple}x"), "loss of the answers"];

    /// <summary>The row people read, also in the terminal.</summary>
    public static string[] Row(NeedleResult result) =>
    [
        result.Attention, .. result.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Accuracy:F3} ± {score.StandardError:F3}")),
        .. Enumerable.Range(0, PaperTable.Multiples.Count).Select(column => PaperNeedles.Share(result.Attention, column) is { } share ? share.ToString("F3", CultureInfo.InvariantCulture) : "-"),
        result.FinalLoss.ToString("F3", CultureInfo.InvariantCulture),
    ];

    /// <summary>Writes the page.</summary>
    public static void Write(string path, NeedleReport report)
    {
        var page = new HtmlPage("Needle in a haystack");
        page.Text($"Each model was tuned for {report.Steps} steps of {report.Batch} prompts at its training context, then answered {report.Examples} prompts per context greedily. A needle counts when city and number are both right; {(report.Colliding ? "cities were drawn with repetition, which caps the share near 0.966" : "the cities of a prompt are distinct")}. Share found and its standard error over needles; seed {report.Seed}; {report.Device}, {TrainingRun.Version}.");
        page.Table(Head(report), report.Results.Select(Row));
        page.Text("The paper's columns are its 162M models tuned at 4k; only the order can be compared.");
        page.Figure("Needles found against context length", "Prompt and answer together.", plot =>
        {
            for (var i = 0; i < report.Results.Count; i++) HtmlPage.Curve(plot, report.Results[i].Attention, i, [.. report.Results[i].Scores.Select(score => (Math.Log2(score.Context), score.Accuracy))]);
            HtmlPage.Powers(plot, report.Results.SelectMany(result => result.Scores).Select(score => score.Context));
            plot.XLabel("context, tokens");
            plot.YLabel("share found");
            plot.Axes.SetLimitsY(-0.02, 1.02);
            plot.ShowLegend(ScottPlot.Edge.Right);
        });
        page.Figure("Loss of the answers while tuning", "Smoothed over 2% of the steps.", plot =>
        {
            for (var i = 0; i < report.Results.Count; i++) HtmlPage.Curve(plot, report.Results[i].Attention, i, HtmlPage.Smooth([.. report.Results[i].Losses.Select((loss, step) => ((double)step, loss))]));
            plot.XLabel("step");
            plot.YLabel("loss, nats per token");
            plot.ShowLegend(ScottPlot.Edge.Right);
        });
        foreach (var result in report.Results)
        {
            page.Heading($"{result.Attention} answers");
            page.Verbatim(result.Sample);
        }

        page.Write(path);
    }
}

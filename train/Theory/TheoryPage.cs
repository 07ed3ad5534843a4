using System.Globalization;
using ScottPlot;

namespace SiaEngine.Train.Theory;

/// <summary>The page of <c>sia theory</c>: Figures 1 (top row), 2 and 6 and every number beside its expected value.</summary>
internal static class TheoryPage
{
    private static readonly string[] Rules = ["no transform", "LogN, s = 0.4", "scale-invariant"];

    /// <summary>Writes the page.</summary>
    public static void Write(string path, TheoryRun run)
    {
        var page = new HtmlPage("Scale-invariant attention: theory");
        page.Text("Base logits are independent N(0, 1); tau = 10. Every estimate is a mean over independent sequences; agreement means within four standard errors of both numbers plus the rounding of the expected one.");
        page.Figure("Figure 2: entropy inside [t, t Delta), scale-invariant", "Against sqrt(ln t), with least-squares lines: about straight, so sparsity is scale-invariant in the weak sense.", plot =>
        {
            var x = Array.ConvertAll(TheoryTables.Starts, t => Math.Sqrt(Math.Log(t)));
            for (var d = 0; d < TheoryTables.Deltas.Length; d++)
            {
                var y = Array.ConvertAll(run.ScaleInvariantEntropy[d], h => h.Mean);
                HtmlPage.Curve(plot, $"Delta = {TheoryTables.Deltas[d]}", d, [.. x.Zip(y)]);
                var (slope, intercept) = TheoryRun.Line(x, y);
                var fit = plot.Add.Line(x[0], intercept + slope * x[0], x[^1], intercept + slope * x[^1]);
                (fit.LineColor, fit.LinePattern) = (Color.FromHex(HtmlPage.Colors[d]), LinePattern.Dashed);
            }

            Label(plot, "sqrt(ln t)");
        });
        page.Figure("Figure 2: the same against t", "About sqrt(ln t), more slowly than the logarithm of Figure 6.", plot => ByDistance(plot, run.ScaleInvariantEntropy));
        page.Figure("Figure 6: entropy inside [t, t Delta), no transform", "Logarithmic: the number of attended keys grows in proportion to the range.", plot => ByDistance(plot, run.PlainEntropy));
        page.Figure("Figure 1, left: entropy over all keys", "One sequence of N keys.", plot => ByKeys(plot, run, 0));
        page.Figure("Figure 1, middle: entropy inside [10, 100)", "LogN sharpens near ranges as the context grows; the other rules do not see N.", plot => ByKeys(plot, run, 6));
        page.Figure("Figure 1, right: share of the last 100 keys", "Without a transform and with LogN it is 100 / N.", plot => ByKeys(plot, run, 3));
        foreach (var section in run.Checks.GroupBy(check => check.Section))
        {
            page.Heading(section.Key);
            page.Table(["number", "expected", "found", "standard error", "band", "agrees"], section.Select(check => (string[])
                [check.Name, TheoryCheck.Number(check.Expected), TheoryCheck.Number(check.Found), check.Error > 0 ? check.Error.ToString("G2", CultureInfo.InvariantCulture) : "exact", check.Band.ToString("G2", CultureInfo.InvariantCulture), check.Holds ? "yes" : "NO"]));
        }

        page.Write(path);
    }

    private static void ByDistance(Plot plot, Estimate[][] entropy)
    {
        for (var d = 0; d < TheoryTables.Deltas.Length; d++) HtmlPage.Curve(plot, $"Delta = {TheoryTables.Deltas[d]}", d, [.. TheoryTables.Starts.Select((t, i) => (Math.Log2(t), entropy[d][i].Mean))]);
        HtmlPage.Powers(plot, TheoryTables.Starts);
        Label(plot, "t, tokens");
    }

    private static void ByKeys(Plot plot, TheoryRun run, int quantity)
    {
        for (var rule = 0; rule < Rules.Length; rule++)
            HtmlPage.Curve(plot, Rules[rule], rule, [.. TheoryTables.Keys.Select((n, i) => (N: n, Row: run.Global[i])).Where(p => p.Row.Length > quantity + rule).Select(p => (Math.Log2(p.N), p.Row[quantity + rule].Mean))]);
        HtmlPage.Powers(plot, TheoryTables.Keys);
        Label(plot, "N, keys", quantity == 3 ? "share of the attention" : "entropy, nats");
    }

    private static void Label(Plot plot, string x, string y = "entropy, nats")
    {
        plot.XLabel(x);
        plot.YLabel(y);
        plot.ShowLegend(Edge.Right);
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;

namespace SiaEngine.Train;

/// <summary><c>report.html</c>: one self-contained page with loss curves, loss against context and against position, the table and samples.</summary>
internal static partial class Report
{
    private static readonly string[] Colors = ["#1f6feb", "#d9480f", "#2b8a3e", "#862e9c", "#5f3dc4", "#0b7285", "#a61e4d", "#5c940d", "#e67700", "#495057", "#c2255c", "#364fc7"];

    /// <summary>Writes the page.</summary>
    public static void Write(string path, Summary summary, RunConfig config)
    {
        var html = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>SiaEngine report</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid #8886; }
            th:first-child, td:first-child { text-align: left; }
            figure { margin: 1.5rem 0; background: #fff; border-radius: .5rem; padding: .5rem; } figure svg { width: 100%; height: auto; }
            figcaption { color: #333; font-size: .9rem; padding: 0 .5rem; }
            pre { white-space: pre-wrap; background: #8882; padding: 1rem; border-radius: .5rem; }
            </style>
            </head>
            <body>

            """);
        html.Append(CultureInfo.InvariantCulture, $"<h1>Loss beyond the training context</h1>\n<p>Trained at context {config.Context}, evaluated on the same validation tokens at {string.Join(", ", config.Contexts)}. ");
        html.Append(CultureInfo.InvariantCulture, $"{summary.Device}, {summary.Threads} threads, {summary.Seconds:F0} s, version {Escape(TrainingRun.Version)}.</p>\n");
        Table(html, summary, config);
        Figure(html, "Validation loss against context length", "Flat is good: the model reads further than it was trained to.", plot => ContextPlot(plot, summary));
        Figure(html, "Validation loss against position", "Mean loss of position ranges that double, at the longest context.", plot => PositionPlot(plot, summary));
        Figure(html, "Training loss", "Loss of each step's batch before its update, smoothed over 2% of the run.", plot => CurvePlot(plot, summary));
        foreach (var method in summary.Methods)
            if (method.Sample.Length > 0) html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(method.Name)} writes</h2>\n<pre>{Escape(method.Sample)}</pre>\n");
        html.Append("</body>\n</html>\n");
        AtomicText.Write(path, html.ToString());
    }

    private static void Table(StringBuilder html, Summary summary, RunConfig config)
    {
        html.Append("<table>\n<thead><tr><th>method</th><th>weights</th><th>tokens</th><th>train loss</th>");
        foreach (var context in config.Contexts) html.Append(CultureInfo.InvariantCulture, $"<th>loss at {context}</th>");
        html.Append("<th>tokens/s</th></tr></thead>\n<tbody>\n");
        foreach (var method in summary.Methods)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Escape(method.Name)}</td><td>{method.Parameters:N0}</td><td>{method.Tokens:N0}</td><td>{method.FinalTrainLoss:F3}</td>");
            foreach (var context in config.Contexts) html.Append(CultureInfo.InvariantCulture, $"<td>{method.ValLoss[ContextLoss.Key(context)]:F3}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td>{method.TokensPerSecond:N0}</td></tr>\n");
        }

        html.Append("</tbody>\n</table>\n<p>Losses are nats per token");
        if (summary.UnigramEntropy is { } entropy) html.Append(CultureInfo.InvariantCulture, $"; the unigram entropy of the training tokens is {entropy:F3}");
        html.Append(".</p>\n");
    }

    private static void Figure(StringBuilder html, string title, string caption, Action<Plot> draw)
    {
        var plot = new Plot();
        draw(plot);
        plot.Title(title);
        var svg = plot.GetSvgXml(900, 420);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        // The reader's sans-serif, whatever font this machine drew with.
        svg = FontFamily().Replace(svg, "font-family=\"sans-serif\"");
        svg = svg.Insert(svg.IndexOf('>', StringComparison.Ordinal) + 1, $"<title>{Escape(title)}</title>");
        html.Append(CultureInfo.InvariantCulture, $"<figure role=\"img\" aria-label=\"{Escape(title)}\">\n{svg}\n<figcaption>{Escape(caption)}</figcaption>\n</figure>\n");
    }

    private static void ContextPlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => [.. method.Evaluations.Select(e => (Math.Log2(e.Context), e.Mean))], 2);
        Powers(plot, summary.Methods.SelectMany(method => method.Evaluations).Select(e => e.Context));
        plot.XLabel("context, tokens");
        plot.YLabel("loss, nats per token");
    }

    private static void PositionPlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => method.Evaluations.Count == 0 ? [] : [.. method.Evaluations[^1].ByPosition.Where(p => p.Start > 0).Select(p => (Math.Log2(p.Start), p.Mean))], 2);
        Powers(plot, summary.Methods.SelectMany(method => method.Evaluations.Count == 0 ? [] : method.Evaluations[^1].ByPosition).Where(p => p.Start > 0).Select(p => p.Start));
        plot.XLabel("first position of the range");
        plot.YLabel("loss, nats per token");
    }

    private static void CurvePlot(Plot plot, Summary summary)
    {
        Lines(plot, summary, method => Smooth(method.Curve), 1.5f);
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
        for (var i = 0; i < summary.Methods.Count; i++)
        {
            var data = points(summary.Methods[i]);
            if (data.Length == 0) continue;
            var line = plot.Add.Scatter(Array.ConvertAll(data, p => p.X), Array.ConvertAll(data, p => p.Y), Color.FromHex(Colors[i % Colors.Length]));
            line.LegendText = summary.Methods[i].Name;
            line.LineWidth = width;
            line.MarkerSize = data.Length > 40 ? 0 : 7;
        }

        // Beside the data, not over it.
        plot.ShowLegend(Edge.Right);
    }

    private static void Powers(Plot plot, IEnumerable<int> values)
    {
        var ticks = values.Distinct().Order().ToArray();
        plot.Axes.Bottom.SetTicks(Array.ConvertAll(ticks, t => Math.Log2(t)), Array.ConvertAll(ticks, ContextLoss.Key));
    }

    private static (double X, double Y)[] Smooth(IReadOnlyList<LoggedStep> curve)
    {
        var window = Math.Max(1, curve.Count / 50);
        var smooth = new (double, double)[curve.Count];
        var sum = 0.0;
        for (var i = 0; i < smooth.Length; i++)
        {
            sum += curve[i].Loss - (i >= window ? curve[i - window].Loss : 0);
            smooth[i] = (curve[i].Step, sum / Math.Min(i + 1, window));
        }

        return smooth;
    }

    /// <summary>Text for markup; control characters, which a page may not hold, become U+FFFD.</summary>
    private static string Escape(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c)));

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex FontFamily();
}

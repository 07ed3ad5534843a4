using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;

namespace SiaEngine.Train;

/// <summary>A self-contained page of headings, tables and figures drawn as SVG; nothing on it is loaded from elsewhere.</summary>
internal sealed partial class HtmlPage
{
    /// <summary>Colours of curves, in order.</summary>
    public static readonly string[] Colors = ["#1f6feb", "#d9480f", "#2b8a3e", "#862e9c", "#15aabf", "#e64980", "#f59f00", "#343a40", "#82c91e", "#8d5524", "#adb5bd", "#1b2a6b"];

    private readonly StringBuilder _html = new();

    /// <summary>A page with a title, which is also its first heading.</summary>
    public HtmlPage(string title)
    {
        _html.Append(CultureInfo.InvariantCulture, $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{{Escape(title)}} - SiaEngine</title>
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
            <h1>{{Escape(title)}}</h1>

            """);
    }

    /// <summary>A second-level heading.</summary>
    public void Heading(string text) => _html.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(text)}</h2>\n");

    /// <summary>A paragraph.</summary>
    public void Text(string text) => _html.Append(CultureInfo.InvariantCulture, $"<p>{Escape(text)}</p>\n");

    /// <summary>Text whose line breaks count.</summary>
    public void Verbatim(string text) => _html.Append(CultureInfo.InvariantCulture, $"<pre>{Escape(text)}</pre>\n");

    /// <summary>A table.</summary>
    public void Table(IEnumerable<string> head, IEnumerable<IEnumerable<string>> rows)
    {
        _html.Append("<table>\n<thead><tr>");
        foreach (var cell in head) _html.Append(CultureInfo.InvariantCulture, $"<th>{Escape(cell)}</th>");
        _html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            _html.Append("<tr>");
            foreach (var cell in row) _html.Append(CultureInfo.InvariantCulture, $"<td>{Escape(cell)}</td>");
            _html.Append("</tr>\n");
        }

        _html.Append("</tbody>\n</table>\n");
    }

    /// <summary>A plot with its caption.</summary>
    public void Figure(string title, string caption, Action<Plot> draw, int height = 420)
    {
        var plot = new Plot();
        draw(plot);
        plot.Title(title);
        var svg = plot.GetSvgXml(900, height);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        // The reader's sans-serif, whatever font this machine drew with.
        svg = FontFamily().Replace(svg, "font-family=\"sans-serif\"");
        svg = svg.Insert(svg.IndexOf('>', StringComparison.Ordinal) + 1, $"<title>{Escape(title)}</title>");
        _html.Append(CultureInfo.InvariantCulture, $"<figure role=\"img\" aria-label=\"{Escape(title)}\">\n{svg}\n<figcaption>{Escape(caption)}</figcaption>\n</figure>\n");
    }

    /// <summary>Writes the page, complete or not at all.</summary>
    public void Write(string path) => AtomicText.Write(path, $"{_html}</body>\n</html>\n");

    /// <summary>A curve with its name in the legend, which stands beside the data, not over it. Behind the last colour they come again, thinner and with squares.</summary>
    public static void Curve(Plot plot, string name, int color, (double X, double Y)[] points, float width = 2)
    {
        if (points.Length == 0) return;
        var line = plot.Add.Scatter(Array.ConvertAll(points, p => p.X), Array.ConvertAll(points, p => p.Y), Color.FromHex(Colors[color % Colors.Length]));
        line.LegendText = name;
        (line.LineWidth, line.MarkerShape) = color < Colors.Length ? (width, MarkerShape.FilledCircle) : (width / 2, MarkerShape.FilledSquare);
        line.MarkerSize = points.Length > 40 ? 0 : 7;
    }

    /// <summary>A curve smoothed over 2% of its points.</summary>
    public static (double X, double Y)[] Smooth(IReadOnlyList<(double X, double Y)> curve)
    {
        var window = Math.Max(1, curve.Count / 50);
        var smooth = new (double, double)[curve.Count];
        var sum = 0.0;
        for (var i = 0; i < smooth.Length; i++)
        {
            sum += curve[i].Y - (i >= window ? curve[i - window].Y : 0);
            smooth[i] = (curve[i].X, sum / Math.Min(i + 1, window));
        }

        return smooth;
    }

    /// <summary>Ticks of an axis that shows log2 of whole numbers.</summary>
    public static void Powers(Plot plot, IEnumerable<int> values)
    {
        var ticks = values.Distinct().Order().ToArray();
        plot.Axes.Bottom.SetTicks(Array.ConvertAll(ticks, t => Math.Log2(t)), Array.ConvertAll(ticks, ContextLoss.Key));
    }

    /// <summary>Text for markup; control characters, which a page may not hold, become U+FFFD.</summary>
    private static string Escape(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c)));

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex FontFamily();
}

using System.Globalization;
using ScottPlot;
using SiaEngine.Model;

namespace SiaEngine.Train.Compare;

/// <summary>The page of <c>sia compare</c>: our table beside the paper's, loss against context, position and step, and the sweep of tau.</summary>
internal static class ComparePage
{
    /// <summary>Writes the page.</summary>
    public static void Write(string path, IReadOnlyList<MethodSummary> methods, RunConfig config, string folder, double seconds)
    {
        var first = methods[0].Results[0];
        var page = new HtmlPage("Attention methods beyond the training context");
        page.Text(string.Create(CultureInfo.InvariantCulture,
            $"Trained at context {config.Context} on the same batches: {config.Layers} layers, width {config.Width}, {config.Heads} heads, {first.Steps:N0} steps of {config.BatchTokens:N0} tokens; {Seeds(methods)}. Mean over seeds and its standard error, nats per token. {TrainingRun.Version}, {seconds:F0} s in this sitting."));
        page.Table(["method", .. config.Contexts.Select(c => $"loss at {c}"), "train loss", .. PaperTable.Multiples.Select(m => $"paper, {m}x"), "pairs ordered as in the paper"], methods.Select(method => Row(method, methods, config)));
        page.Text("A pair counts where the paper's losses differ by more than its noise. The paper's model has 162M weights and 2.4 billion tokens of web text; only the order can be compared.");
        page.Figure("Validation loss against context length", "Flat is good.", plot =>
        {
            Lines(plot, methods, method => [.. config.Contexts.Select(c => (Math.Log2(c), method.Mean(c)))]);
            HtmlPage.Powers(plot, config.Contexts);
            Label(plot, "context, tokens");
        });
        page.Figure("Validation loss against position", $"Mean of position ranges that double, at context {config.Contexts.Max()}; first seed.", plot =>
        {
            var longest = config.Contexts.Max();
            Lines(plot, methods, method => [.. method.Results[0].Evaluations.First(e => e.Context == longest).ByPosition.Where(p => p.Start > 0).Select(p => (Math.Log2(p.Start), p.Mean))]);
            HtmlPage.Powers(plot, methods[0].Results[0].Evaluations.First(e => e.Context == longest).ByPosition.Where(p => p.Start > 0).Select(p => p.Start));
            Label(plot, "first position of the range");
        });
        page.Figure("Training loss", "First seed, smoothed over 2% of the run.", plot =>
        {
            Lines(plot, methods, method => HtmlPage.Smooth([.. RunLog.Curve(Path.Combine(folder, method.Results[0].Training, "metrics.jsonl")).Select(point => ((double)point.Step, point.Loss))]));
            Label(plot, "step");
        });
        if (config.EvalEvery > 0)
            foreach (var at in config.Contexts)
                page.Figure($"Figure 3: validation loss against step, context {at}", "First seed; methods that differ only beyond the training context share the training of another and have no curve of their own.", plot =>
                {
                    Lines(plot, methods, method => AttentionMethod.Find(method.Results[0].Method).TrainedAs != method.Results[0].Method ? []
                        : [.. RunLog.Evaluations(Path.Combine(folder, method.Results[0].Training, "metrics.jsonl")).Where(e => e.Losses.ContainsKey(at)).Select(e => ((double)e.Step, e.Losses[at]))]);
                    Label(plot, "step");
                });
        var sweep = methods.Where(method => method.Results[0].Method == "sia").OrderBy(method => method.Results[0].Tau).ToArray();
        if (sweep.Length > 1)
            page.Figure("Figure 5: validation loss against tau", "Scale-invariant p-RoPE.", plot =>
            {
                for (var c = 0; c < config.Contexts.Count; c++) HtmlPage.Curve(plot, $"at {config.Contexts[c]}", c, [.. sweep.Select(method => (Math.Log10(method.Results[0].Tau), method.Mean(config.Contexts[c])))]);
                Label(plot, "log10 tau");
            });
        page.Write(path);
    }

    private static string Seeds(IReadOnlyList<MethodSummary> methods)
    {
        var most = methods.Max(method => method.Results.Count);
        var several = methods.Where(method => method.Results.Count == most).Select(method => method.Name).ToArray();
        return several.Length == methods.Count ? $"{most} {(most == 1 ? "seed" : "seeds")}" : $"up to {most} seeds ({string.Join(", ", several)})";
    }

    /// <summary>The rows people read, also in the terminal.</summary>
    public static string[] Row(MethodSummary method, IReadOnlyList<MethodSummary> all, RunConfig config)
    {
        var name = method.Results[0].Method;
        var agreement = (Kept: 0, Ordered: 0);
        for (var column = 0; column < PaperTable.Multiples.Count && method.Name == name; column++)
        {
            var context = PaperTable.Multiples[column] * config.Context;
            if (!config.Contexts.Contains(context)) continue;
            var (kept, ordered) = PaperTable.Agreement(name, column, all.Where(m => m.Name == m.Results[0].Method).ToDictionary(m => m.Name, m => m.Mean(context)));
            agreement = (agreement.Kept + kept, agreement.Ordered + ordered);
        }

        return [method.Name, .. config.Contexts.Select(c => Number(method.Mean(c), method.Error(c))), Number(method.Results.Average(r => r.FinalTrainLoss), double.NaN),
            .. Enumerable.Range(0, PaperTable.Multiples.Count).Select(column => method.Name == name && PaperTable.Loss(name, column) is { } loss ? loss.ToString("F3", CultureInfo.InvariantCulture) : "-"),
            agreement.Ordered == 0 ? "-" : $"{agreement.Kept} of {agreement.Ordered}"];
    }

    private static string Number(double mean, double error) =>
        double.IsNaN(error) ? mean.ToString("F3", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{mean:F3} ± {error:F3}");

    private static void Lines(Plot plot, IReadOnlyList<MethodSummary> methods, Func<MethodSummary, (double X, double Y)[]> points)
    {
        for (var i = 0; i < methods.Count; i++) HtmlPage.Curve(plot, methods[i].Name, i, points(methods[i]));
    }

    private static void Label(Plot plot, string x)
    {
        plot.XLabel(x);
        plot.YLabel("loss, nats per token");
        plot.ShowLegend(Edge.Right);
    }
}

using System.Text.Json.Nodes;

namespace SiaEngine.Train.Commands;

/// <summary>
/// Our times beside a peer's, taken in turns: ours, the peer's, ours, the peer's. A pair gives a ratio, peer / ours, more than 1 where we are faster; the
/// median over the pairs is the result and the extremes are its spread, since on a shared machine only neighbouring runs compare.
/// </summary>
/// <param name="Ours">Median seconds of each of our runs.</param>
/// <param name="Peer">Those of the peer's.</param>
/// <param name="PeerMemory">Largest peak of the peer's memory in MiB; 0 if it does not say.</param>
internal sealed record PeerComparison(double[] Ours, double[] Peer, double PeerMemory = 0)
{
    /// <summary>Median seconds of our runs.</summary>
    public double OurMedian => Median(Ours);

    /// <summary>Median seconds of the peer's runs.</summary>
    public double PeerMedian => Median(Peer);

    /// <summary>peer / ours of each pair, sorted.</summary>
    public double[] Ratios => [.. Ours.Zip(Peer, static (ours, peer) => peer / ours).Order()];

    /// <summary>Measures <paramref name="pairs"/> pairs; the last of our lines comes back with them.</summary>
    /// <param name="ours">Our measurement.</param>
    /// <param name="command">Shell command that prints a JSON line with <c>median_s</c>.</param>
    /// <param name="pairs">Number of pairs.</param>
    /// <param name="stop">Ends between runs.</param>
    public static (PeerComparison Result, JsonObject Line) Measure(Func<JsonObject> ours, string command, int pairs, CancellationToken stop)
    {
        var (left, right, memory) = (new double[pairs], new double[pairs], 0.0);
        JsonObject line = [];
        for (var i = 0; i < pairs; i++)
        {
            stop.ThrowIfCancellationRequested();
            line = ours();
            left[i] = (double)line["median_s"]!;
            var peer = PeerRun.Shell(command, stop);
            right[i] = (double)peer["median_s"]!;
            memory = Math.Max(memory, (double?)peer["peak_rss_mib"] ?? 0);
        }

        return (new(left, right, memory), line);
    }

    /// <summary>Adds the result to our line, whose times and rates become those of all pairs.</summary>
    public void AddTo(JsonObject line)
    {
        foreach (var rate in (string[])["tokens_per_s", "gflops", "gb_per_s"])
            if (line[rate] is { } value) line[rate] = Math.Round((double)value * (double)line["median_s"]! / OurMedian, 2);
        line["min_s"] = Math.Round(Ours.Min(), 6);
        line["max_s"] = Math.Round(Ours.Max(), 6);
        line["median_s"] = Math.Round(OurMedian, 6);
        line["peer_median_s"] = Math.Round(PeerMedian, 6);
        line["ratio"] = Math.Round(Median(Ratios), 4);
        line["ratio_min"] = Math.Round(Ratios[0], 4);
        line["ratio_max"] = Math.Round(Ratios[^1], 4);
        line["pairs"] = Ours.Length;
        if (PeerMemory > 0) line["peer_peak_rss_mib"] = PeerMemory;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : 0.5 * (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]);
    }
}

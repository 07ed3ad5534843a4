using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SiaEngine.Train.Commands;

/// <summary>
/// Our times beside a peer's, taken in turns: ours, the peer's, ours, the peer's. A pair gives a ratio, peer / ours, more than 1 where we are faster; the
/// median over the pairs is the result and the extremes are its spread, since on a shared machine only neighbouring runs compare.
/// </summary>
internal sealed record PeerComparison(double[] Ours, double[] Peer)
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
        var (left, right) = (new double[pairs], new double[pairs]);
        JsonObject line = [];
        for (var i = 0; i < pairs; i++)
        {
            stop.ThrowIfCancellationRequested();
            line = ours();
            left[i] = (double)line["median_s"]!;
            right[i] = Seconds(Output(command), command);
        }

        return (new(left, right), line);
    }

    /// <summary>Adds the result to our line, whose times and rates become those of all pairs.</summary>
    public void AddTo(JsonObject line)
    {
        foreach (var rate in (string[])["tokens_per_s", "gflops"])
            if (line[rate] is { } value) line[rate] = Math.Round((double)value * (double)line["median_s"]! / OurMedian, 2);
        line["min_s"] = Math.Round(Ours.Min(), 6);
        line["max_s"] = Math.Round(Ours.Max(), 6);
        line["median_s"] = Math.Round(OurMedian, 6);
        line["peer_median_s"] = Math.Round(PeerMedian, 6);
        line["ratio"] = Math.Round(Median(Ratios), 4);
        line["ratio_min"] = Math.Round(Ratios[0], 4);
        line["ratio_max"] = Math.Round(Ratios[^1], 4);
        line["pairs"] = Ours.Length;
    }

    /// <summary>The <c>median_s</c> of the last JSON line of a peer's output.</summary>
    /// <exception cref="DeviceException">There is none.</exception>
    public static double Seconds(string output, string command)
    {
        foreach (var text in output.Split('\n').Reverse())
        {
            if (!text.TrimStart().StartsWith('{')) continue;
            try
            {
                if (JsonNode.Parse(text)?["median_s"] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds > 0) return seconds;
            }
            catch (JsonException)
            {
                continue;
            }
        }

        throw new DeviceException($"--compare: no JSON line with median_s in the output of '{command}'");
    }

    private static string Output(string command)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new DeviceException($"--compare: exit code {process.ExitCode} from '{command}'");
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : 0.5 * (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]);
    }
}

using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Cpu;

namespace SiaEngine.Train.Commands;

/// <summary>The JSON line of a timed case, with the peer's keys. It is the command's output, with and without <c>--json</c>.</summary>
internal static class BenchReport
{
    public static JsonObject Line(Device device, string name, object config, double[] times, double tokens, double flop, params ReadOnlySpan<(string Key, JsonNode? Value)> more)
    {
        var median = times.Length % 2 == 1 ? times[times.Length / 2] : 0.5 * (times[times.Length / 2 - 1] + times[times.Length / 2]);
        var line = new JsonObject
        {
            ["case"] = name,
            ["config"] = JsonSerializer.SerializeToNode(config),
            ["device"] = device.Name,
            ["threads"] = RowParallel.Threads,
            ["median_s"] = Math.Round(median, 6),
            ["min_s"] = Math.Round(times[0], 6),
            ["max_s"] = Math.Round(times[^1], 6),
            ["reps"] = times.Length,
        };
        if (tokens > 0) line["tokens_per_s"] = Math.Round(tokens / median, 2);
        if (flop > 0) line["gflops"] = Math.Round(flop / median / 1e9, 2);
        foreach (var (key, value) in more) line[key] = value;
        line["peak_rss_mib"] = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
        return line;
    }
}

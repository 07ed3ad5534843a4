using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SiaEngine.Train.Bench;

/// <summary>The results of a suite as rows of text: the same for the terminal, Markdown and the page.</summary>
internal static class SuiteTable
{
    /// <summary>Column heads.</summary>
    public static readonly string[] Head = ["case", "threads", "ours", "rate", "share of the bound", "peer", "peer / ours (spread), pairs", "peak MiB, ours / peer", "target", "met"];

    /// <summary>Completes the lines: bound, share, memory ratio and whether the target is met.</summary>
    public static void Judge(IEnumerable<JsonObject> lines, JsonObject machine)
    {
        foreach (var line in lines)
        {
            if (line["median_s"] is null || (bool?)line["alone"] == true) continue;
            var one = (int)line["threads"]! == 1 ? "one_thread" : "all_threads";
            var (rate, bound) = line["gb_per_s"] is { } read ? (read, machine[$"read_{one}_gb_per_s"]) : (line["gflops"], machine[$"fma_{one}_gflops"]);
            line["bound"] = line["gb_per_s"] is null ? "multiply-adds" : "reading memory";
            if (rate is not null && bound is not null) line["share"] = Math.Round((double)rate / (double)bound, 3);
            if (line["ratio"] is null) continue;
            if (line["peer_peak_rss_mib"] is { } memory) line["memory_ratio"] = Math.Round((double)line["peak_rss_mib"]! / (double)memory, 3);
            if ((double?)line["target"] is not { } target || target == 0) continue;
            line["met"] = (double)line["ratio"]! >= target;
            if ((string?)line["section"] == "train-step" && line["memory_ratio"] is { } taken) line["memory_met"] = (double)taken <= SuiteCases.Memory;
        }
    }

    /// <summary>Geometric means of the products' ratios, a row for each number of threads and peer.</summary>
    public static IEnumerable<JsonObject> Means(IEnumerable<JsonObject> lines)
    {
        foreach (var group in lines.Where(line => line["ratio"] is not null && ((string)line["section"]!).StartsWith("gemm", StringComparison.Ordinal)).GroupBy(line => (Section: (string)line["section"]!, Threads: (int)line["threads"]!)))
        {
            var ratio = Math.Exp(group.Average(static line => Math.Log((double)line["ratio"]!)));
            var target = group.Key.Section == "gemm" ? SuiteCases.GemmMean : SuiteCases.BlasMean;
            yield return new JsonObject
            {
                ["section"] = group.Key.Section,
                ["name"] = $"geometric mean of {group.Count()}",
                ["threads"] = group.Key.Threads,
                ["share"] = Math.Round(Math.Exp(group.Average(static line => Math.Log((double)line["share"]!))), 3),
                ["bound"] = "multiply-adds",
                ["ratio"] = Math.Round(ratio, 4),
                ["ratio_min"] = group.Min(static line => (double)line["ratio"]!),
                ["ratio_max"] = group.Max(static line => (double)line["ratio"]!),
                ["target"] = target,
                ["met"] = ratio >= target,
            };
        }
    }

    /// <summary>One row.</summary>
    public static string[] Row(JsonObject line)
    {
        if (line["error"] is { } error) return [(string)line["name"]!, $"{line["threads"]}", $"failed: {error}", "-", "-", "-", "-", "-", "-", "-"];
        var alone = (bool?)line["alone"] == true;
        var rate = line["gb_per_s"] is not null ? $"{line["tokens_per_s"]} tokens/s, {line["gb_per_s"]} GB/s" : line["gflops"] is null ? "-" : line["tokens_per_s"] is { } tokens ? $"{line["gflops"]} GFLOP/s, {Number((double)tokens, "f0")} tokens/s" : $"{line["gflops"]} GFLOP/s";
        var variant = line["variant"] is { } name && !alone ? $", {name}" : "";
        var memory = line["memory_ratio"] is { } part ? $"{line["peak_rss_mib"]} / {line["peer_peak_rss_mib"]} = {Number((double)part, "f2")}" : $"{line["peak_rss_mib"]}";
        var target = (double?)line["target"] ?? 0;
        return
        [
            (string)line["name"]!,
            $"{line["threads"]}",
            alone || line["median_s"] is null ? "-" : Seconds(line["median_s"]),
            rate,
            line["share"] is { } share ? $"{Number(100 * (double)share, "f0")}% {line["bound"]}" : "-",
            alone ? Seconds(line["median_s"]) : line["peer_median_s"] is { } peer ? Seconds(peer) + variant : "-",
            line["ratio"] is null ? "-" : $"{Number((double)line["ratio"]!, "f2")} ({Number((double)line["ratio_min"]!, "f2")}-{Number((double)line["ratio_max"]!, "f2")}){(line["pairs"] is { } pairs ? $", {pairs}" : "")}",
            memory.Length == 0 ? "-" : memory,
            target == 0 || alone ? "-" : Number(target, "f2"),
            line["met"] is null ? "-" : ((bool)line["met"]! ? "yes" : "no") + (line["memory_met"] is { } held ? (bool)held ? ", memory too" : $", memory above {Number(SuiteCases.Memory, "f1")}" : ""),
        ];
    }

    /// <summary>Everything as Markdown.</summary>
    public static string Markdown(JsonObject machine, IReadOnlyList<JsonObject> lines, string command)
    {
        var text = new StringBuilder($"# Speed beside the peer\n\n{MachineReport.Sentence(machine)}\n\n    {command}\n\n");
        text.Append("Runs in turns; a ratio above 1 means that we are faster, its spread is that of the pairs. Work counted is useful work only: the causal half of attention, backward as twice forward.\n");
        foreach (var section in lines.GroupBy(static line => (string)line["section"]!))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Key}\n\n| {string.Join(" | ", Head)} |\n|{string.Concat(Enumerable.Repeat("---|", Head.Length))}\n");
            foreach (var line in section) text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Row(line))} |\n");
        }

        return text.ToString();
    }

    private static string Seconds(JsonNode? value) => Number((double)value!, (double)value! < 0.1 ? "g3" : "f3") + " s";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

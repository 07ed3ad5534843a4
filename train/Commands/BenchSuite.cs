using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SiaEngine.Train.Commands;

/// <summary>The cases that are timed beside the libtorch peer, each against its fastest variant, and the table of their results.</summary>
internal static class BenchSuite
{
    private static readonly string[] Gemms =
    [
        "1024 1024 1024 nn", "1024 1024 1024 nt", "1024 1024 1024 tn", "2048 2048 2048 nn", "4096 768 768 nt", "4096 768 3072 nt", "4096 3072 768 nt", "4096 3072 768 nn", "768 3072 4096 tn",
        "1024 50304 768 nt", "1024 768 50304 nn", "2048 384 128 nt", "2048 128 512 nt", "128 512 2048 tn",
    ];

    private static readonly string[] Attentions = ["12 1024 64 1", "12 4096 64 1", "6 1024 128 1", "6 4096 128 1", "12 16384 64 0"];

    /// <summary>All cases, or those that take seconds.</summary>
    public static IEnumerable<BenchCase> Cases(bool quick)
    {
        foreach (var gemm in quick ? Gemms.Take(3) : Gemms)
        {
            var (sizes, kind) = (gemm[..^3], gemm[^2..]);
            yield return new($"gemm {sizes} {kind}", $"gemm {sizes} --trans {kind}", $"gemm {sizes} --trans {kind}");
        }

        foreach (var attention in quick ? Attentions.Take(1) : Attentions)
        {
            var (shape, backward) = (attention[..^2], attention[^1]);
            yield return new($"attention 1 {shape} {(backward == '1' ? "forward + backward" : "forward")}", $"attention 1 {shape} --backward {backward}", $"attention 1 {shape} --variant sdpa --backward {backward}");
        }

        foreach (var shape in quick ? ["tiny"] : (string[])["tiny", "small", "gpt2-124m"])
            foreach (var variant in (string[])["rope-sdpa", "prope-sia", "prope-sia-blocked"])
                yield return new($"train-step {shape}, peer {variant}", $"train-step {shape}", $"train-step {shape} --variant {variant}");
        if (!quick) yield return new("generate gpt2-124m", "generate gpt2-124m", "generate gpt2-124m --variant rope-sdpa");
    }

    /// <summary>The results as a Markdown table.</summary>
    public static string Markdown(IEnumerable<JsonObject> lines)
    {
        var text = new StringBuilder("| case | threads | ours, s | GFLOP/s | peer, s | peer / ours | spread |\n|---|---|---|---|---|---|---|\n");
        foreach (var line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {line["name"]} | {line["threads"]} | {(double)line["median_s"]!:g4} | {line["gflops"]?.ToString() ?? "-"} ");
            if (line["ratio"] is null) text.Append("| - | - | - |\n");
            else text.Append(CultureInfo.InvariantCulture, $"| {(double)line["peer_median_s"]!:g4} | {(double)line["ratio"]!:f2} | {(double)line["ratio_min"]!:f2}-{(double)line["ratio_max"]!:f2} |\n");
        }

        return text.ToString();
    }
}

/// <summary>A case by the arguments of <c>sia bench</c> and of the peer.</summary>
internal sealed record BenchCase(string Name, string Ours, string Peer);

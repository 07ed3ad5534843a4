using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Train.Kernels;

/// <summary>The page of one kernel, or of several beside each other: PTX with heat and counters per line, access patterns, roofline.</summary>
internal static class KernelPage
{
    private const string Template = "Pages.kernel.html";
    private const string Place = "/*DATA*/";

    /// <summary>Writes the page, self-contained.</summary>
    public static void Write(string path, string title, IReadOnlyList<KernelResult> results, Probe probe)
    {
        var data = new JsonObject
        {
            ["title"] = title,
            ["gpus"] = new JsonArray([.. GpuModel.All.Select(gpu => new JsonObject { ["name"] = $"{gpu.Name} ({gpu.Architecture})", ["peakF32"] = gpu.Flops, ["peakTensor"] = gpu.TensorFlops, ["bandwidth"] = gpu.Bandwidth })]),
            ["probe"] = new JsonObject { ["block"] = probe.Block, ["warp"] = probe.Warp },
            ["kernels"] = new JsonArray([.. results.Select(Kernel)]),
        };
        using var stream = typeof(KernelPage).Assembly.GetManifestResourceStream(Template)!;
        using var reader = new StreamReader(stream);
        // A script element ends at the first "</", wherever it stands.
        AtomicText.Write(path, reader.ReadToEnd().Replace(Place, data.ToJsonString().Replace("</", "<\\/", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    private static JsonObject Kernel(KernelResult result)
    {
        var (run, counters) = (result.Run, result.Run.Counters);
        var (first, last) = Lines(run);
        var text = run.Module.Source.Text.Split('\n');
        var lines = new JsonArray();
        for (var line = first; line <= last; line++) lines.Add(Line(run, line, text[line - 1].TrimEnd('\r')));
        return new JsonObject
        {
            ["name"] = run.Kernel,
            ["file"] = run.Module.Source.Name,
            ["launch"] = run.Shape.ToString(),
            ["check"] = result.Verdict,
            ["sharedBytes"] = run.StaticSharedBytes + run.Shape.SharedBytes,
            ["registers"] = result.Assembled?.Registers,
            ["spills"] = result.Assembled is { } assembled ? assembled.SpillStores + assembled.SpillLoads : null,
            ["totals"] = Totals(run, counters),
            ["occupancy"] = new JsonArray([.. GpuModel.All.Select(gpu => Occupancy(result, gpu))]),
            ["lines"] = lines,
            ["accesses"] = new JsonArray([.. result.Accesses.Select(Access)]),
        };
    }

    /// <summary>The entry with the comment in front of it, up to its closing brace.</summary>
    private static (int First, int Last) Lines(KernelRun run)
    {
        var text = run.Module.Source.Text.Split('\n');
        var first = run.Function.Line;
        while (first > 1 && (text[first - 2].StartsWith("//", StringComparison.Ordinal) || text[first - 2].StartsWith(".visible", StringComparison.Ordinal))) first--;
        var last = run.Function.Instructions.Max(instruction => instruction.Line);
        while (last < text.Length && !text[last].StartsWith('}')) last++;
        return (first, Math.Min(text.Length, last + 1));
    }

    private static JsonObject Line(KernelRun run, int line, string text)
    {
        var node = new JsonObject { ["number"] = line, ["text"] = text };
        var counters = run.Counters;
        var pcs = Enumerable.Range(0, run.Instructions.Count).Where(pc => run.Instructions[pc].Line == line).ToArray();
        node["pc"] = pcs.Length > 0;
        if (pcs.Length == 0) return node;
        node["executions"] = Sum(counters.Executions);
        node["lanes"] = Sum(counters.ActiveLanes);
        node["divergences"] = Sum(counters.Divergences);
        node["requests"] = Sum(counters.GlobalRequests);
        node["sectors"] = Sum(counters.GlobalSectors);
        node["idealSectors"] = Sum(counters.GlobalIdealSectors);
        node["bytes"] = Sum(counters.GlobalBytesRead) + Sum(counters.GlobalBytesWritten);
        node["sharedRequests"] = Sum(counters.SharedRequests);
        node["wavefronts"] = Sum(counters.SharedWavefronts);
        node["idealWavefronts"] = Sum(counters.SharedIdealWavefronts);
        node["flops"] = Sum(counters.Operations);
        return node;

        long Sum(long[] values) => pcs.Sum(pc => values[pc]);
    }

    private static JsonObject Totals(KernelRun run, KernelCounters counters) => new()
    {
        ["executions"] = counters.WarpInstructions,
        ["lanes"] = counters.LaneInstructions,
        ["divergences"] = counters.Divergences.Sum(),
        ["flops"] = counters.Flops,
        ["tensorFlops"] = counters.TensorFlops,
        ["requests"] = counters.GlobalRequests.Sum(),
        ["sectors"] = counters.GlobalSectors.Sum(),
        ["idealSectors"] = counters.GlobalIdealSectors.Sum(),
        ["bytes"] = counters.GlobalBytesRead.Sum() + counters.GlobalBytesWritten.Sum(),
        ["distinctBytes"] = run.DistinctBytesRead + run.DistinctBytesWritten,
        ["sharedRequests"] = counters.SharedRequests.Sum(),
        ["wavefronts"] = counters.SharedWavefronts.Sum(),
        ["idealWavefronts"] = counters.SharedIdealWavefronts.Sum(),
    };

    private static JsonObject? Occupancy(KernelResult result, GpuModel gpu)
    {
        if (result.Assembled is not { } assembled) return null;
        var occupancy = gpu.Occupancy(assembled.Registers, result.Run.StaticSharedBytes + result.Run.Shape.SharedBytes, result.Run.Shape.Threads);
        return occupancy.Blocks == 0 ? null : new JsonObject { ["fraction"] = occupancy.Fraction, ["blocks"] = occupancy.Blocks, ["limit"] = occupancy.Limit };
    }

    private static JsonObject Access(ProbeAccess access) => new()
    {
        ["line"] = access.Line,
        ["space"] = access.Space == StateSpace.Shared ? "shared" : "global",
        ["write"] = access.Write,
        ["bytes"] = access.Bytes,
        ["mask"] = access.Mask,
        // Offsets within an allocation or window are exact in a script's numbers; whole addresses are not.
        ["addresses"] = JsonSerializer.SerializeToNode(Array.ConvertAll(access.Addresses, address => (long)(address & ((1UL << 36) - 1)))),
    };
}

using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Train.Commands;

namespace SiaEngine.Train.Bench;

/// <summary>
/// Runs the cases of a suite, each in a process of its own and in turns with the peer. A finished case is kept in <c>suite.jsonl</c> and not repeated, so that the same command continues
/// a suite that was stopped.
/// </summary>
/// <param name="settings">What is run beside what.</param>
/// <param name="folder">Folder of <c>suite.jsonl</c>; null keeps nothing.</param>
/// <param name="context">Screen and stop signal.</param>
internal sealed class SuiteRun(SuiteSettings settings, string? folder, CommandContext context)
{
    private readonly Dictionary<string, JsonObject> _results = [];
    private readonly string? _file = folder is null ? null : Path.Combine(folder, "suite.jsonl");

    /// <summary>The machine and its bounds, measured when the suite began.</summary>
    public JsonObject Machine { get; private set; } = [];

    /// <summary>Everything measured so far, in the order of the cases.</summary>
    public IReadOnlyList<JsonObject> Results => [.. _results.Values];

    /// <summary>Runs what is missing; false when a case failed, which its line says and the rest does not suffer from.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the same command continues.</exception>
    public bool Execute(IReadOnlyList<SuiteCase> cases)
    {
        if (folder is not null) Directory.CreateDirectory(folder);
        Known();
        var missing = cases.Where(item => !_results.ContainsKey(item.Key)).ToList();
        var (watch, done, left, failed) = (Stopwatch.StartNew(), 0.0, missing.Sum(static item => item.Estimate), false);
        foreach (var item in missing)
        {
            var pace = done > 20 ? watch.Elapsed.TotalSeconds / done : 1;
            context.Screen.Line($"{item.Key}; about {TimeSpan.FromSeconds(left * pace):h\\:mm\\:ss} left");
            JsonObject line;
            try
            {
                context.Stop.ThrowIfCancellationRequested();
                line = Measure(item);
                Keep(line, item);
            }
            catch (OperationCanceledException e)
            {
                throw new OperationCanceledException(_file is null ? "nothing is kept without --out" : $"{_results.Count} cases are kept in {_file}, the same command continues", e);
            }
            catch (DeviceException e)
            {
                failed = true;
                line = Describe(new JsonObject { ["error"] = e.Message }, item);
                _results[item.Key] = line;
            }

            context.Screen.JsonLine(line);
            (done, left) = (done + item.Estimate, left - item.Estimate);
        }

        // The order of the table is that of the cases, whatever was run when.
        var order = _results.Values.OrderBy(line => cases.ToList().FindIndex(item => item.Key == (string)line["key"]!) is var at && at < 0 ? int.MaxValue : at).ToList();
        _results.Clear();
        foreach (var line in order) _results.Add((string)line["key"]!, line);
        return !failed;
    }

    private JsonObject Measure(SuiteCase item)
    {
        if (item.Role == PeerRole.Look)
        {
            var alone = PeerRun.Shell(settings.Command(item, Variant(item)), context.Stop);
            alone["variant"] = Variant(item);
            return alone;
        }

        var (arguments, variant) = (new List<string> { "bench" }, (string?)null);
        arguments.AddRange(item.Ours.Split(' '));
        arguments.AddRange(["--threads", $"{item.Threads}", "--warm-ms", "1500", .. item.Timing.Options]);
        if (item.Role is PeerRole.Best or PeerRole.BestScaleInvariant && settings.Peer is not null)
        {
            variant = Fastest(item);
            // The fastest variant may be scale-invariant itself.
            if (_results.Values.FirstOrDefault(line => (string?)line["variant"] == variant && (string?)line["ours"] == item.Ours && line["ratio"] is not null) is { } same) return (JsonObject)same.DeepClone();
        }

        if (settings.Command(item, variant) is { Length: > 0 } command) arguments.AddRange(["--compare", command, "--pairs", $"{item.Timing.Pairs}"]);
        var line = PeerRun.Sia(arguments, context.Stop);
        line["ours"] = item.Ours;
        if (variant is not null) line["variant"] = variant;
        return line;
    }

    private string Fastest(SuiteCase item)
    {
        var step = item.Name[..item.Name.IndexOf(',', StringComparison.Ordinal)];
        var looked = _results.Values.Where(line => ((string)line["name"]!).StartsWith(step + ", peer ", StringComparison.Ordinal) && line["median_s"] is not null && (int)line["threads"]! == item.Threads);
        if (item.Role == PeerRole.BestScaleInvariant) looked = looked.Where(line => !((string)line["variant"]!).StartsWith(SuiteCases.Variants[0], StringComparison.Ordinal));
        return (string?)looked.MinBy(line => (double)line["median_s"]!)?["variant"] ?? throw new DeviceException($"{step}: none of the peer's variants ran");
    }

    // "train-step tiny, peer rope-sdpa with tcmalloc alone"
    private static string Variant(SuiteCase item) => item.Name[(item.Name.IndexOf(", peer ", StringComparison.Ordinal) + 7)..^6];

    private static JsonObject Describe(JsonObject line, SuiteCase item)
    {
        (line["key"], line["name"], line["section"], line["threads"], line["target"]) = (item.Key, item.Name, item.Section, item.Threads, item.Target);
        line["alone"] = item.Role == PeerRole.Look;
        return line;
    }

    private void Keep(JsonObject line, SuiteCase item)
    {
        _results[item.Key] = Describe(line, item);
        Append(line);
    }

    private void Append(JsonObject line)
    {
        if (_file is not null) File.AppendAllText(_file, line.ToJsonString() + "\n");
    }

    // The first line says what was measured on what; results of another program or machine are not mixed with ours.
    private void Known()
    {
        if (_file is not null && File.Exists(_file))
        {
            foreach (var text in File.ReadLines(_file))
            {
                JsonObject? line;
                try
                {
                    line = JsonNode.Parse(text) as JsonObject;
                }
                catch (JsonException)
                {
                    continue;
                }

                if (line?["machine"] is not null) Machine = line;
                else if ((string?)line?["key"] is { } key) _results[key] = line!;
            }
        }

        if (Machine.Count == 0)
        {
            context.Screen.Line("measuring the machine's bounds");
            Append(Machine = MachineReport.Measure(settings));
        }
        else if (settings.Differs(Machine) is { } difference) throw new ArgumentException($"--out {folder} holds a suite with {difference}; give another folder");
    }
}

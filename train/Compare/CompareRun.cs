using System.Text.Json;
using SiaEngine.Model;
using SiaEngine.Train.Commands;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Compare;

/// <summary>
/// Trains and evaluates several methods on the same batches, each seed its own weights and batches. Every training is a run of its own that resumes where it was
/// stopped; a finished evaluation is kept in <c>results.jsonl</c> and not repeated.
/// </summary>
internal sealed class CompareRun(RunConfig config, Dataset data, Device device, string folder, CommandContext context)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly string _results = Path.Combine(folder, "results.jsonl");

    /// <summary>Runs what is missing and returns everything asked for, by variant in the order given.</summary>
    public IReadOnlyList<MethodSummary> Execute(IReadOnlyList<(string Name, string Method, double Tau)> variants, int seeds)
    {
        Directory.CreateDirectory(folder);
        var known = Known();
        var summaries = new List<MethodSummary>();
        // Seed by seed, so that a run that is stopped has as many complete tables as possible.
        for (var seed = 0; seed < seeds; seed++)
        {
            foreach (var (name, method, tau) in variants)
            {
                context.Stop.ThrowIfCancellationRequested();
                var own = config.Seed + (ulong)seed;
                if (known.Any(result => result.Name == name && result.Seed == own)) continue;
                var result = Run(name, method, tau, own);
                known.Add(result);
                File.AppendAllText(_results, JsonSerializer.Serialize(result, Json) + "\n");
                context.Screen.JsonLine(result);
            }
        }

        foreach (var (name, _, _) in variants)
            summaries.Add(new(name, [.. Enumerable.Range(0, seeds).Select(seed => known.First(result => result.Name == name && result.Seed == config.Seed + (ulong)seed))]));
        return summaries;
    }

    /// <summary>Folder of the training that serves a method: methods that differ only beyond the training context share one.</summary>
    public string Training(string method, double tau, ulong seed)
    {
        var trained = AttentionMethod.Find(method).TrainedAs;
        var suffix = tau == config.Tau ? "" : $"-tau-{ContextTau(tau)}";
        return Path.Combine(folder, $"{trained}{suffix}-seed-{seed}");
    }

    /// <summary>A tau for names.</summary>
    public static string ContextTau(double tau) => tau.ToString("G6", System.Globalization.CultureInfo.InvariantCulture);

    private CompareResult Run(string name, string method, double tau, ulong seed)
    {
        var trained = AttentionMethod.Find(method).TrainedAs;
        var run = config with { Attention = trained, Tau = tau, Seed = seed };
        var target = Training(method, tau, seed);
        context.Screen.Line($"{name}, seed {seed}: {target}");
        var result = new TrainingRun(run, data, device, target, context.Screen).Execute(resume: true, finish: null, context.Stop);
        var losses = result.Evaluations;
        if (trained != method)
        {
            using var model = new CheckpointedModel(target).Load(method, device);
            losses = new Evaluation(data, config.Contexts, config.EvalTokens).Run(model, c => context.Screen.Progress($"{name} evaluating at context {c}"), context.Stop);
        }

        return new(name, method, tau, seed, Path.GetFileName(target), result.Steps, result.Tokens, result.FinalTrainLoss, result.TokensPerSecond, losses);
    }

    private List<CompareResult> Known()
    {
        var known = new List<CompareResult>();
        if (!File.Exists(_results)) return known;
        foreach (var line in File.ReadLines(_results))
        {
            try
            {
                // A line that a kill cut short is run again; one of another configuration does not count.
                if (JsonSerializer.Deserialize<CompareResult>(line, Json) is { } result && result.Steps == config.Steps && config.Contexts.All(c => result.Evaluations.Any(e => e.Context == c))) known.Add(result);
            }
            catch (JsonException)
            {
            }
        }

        return known;
    }
}

using System.Diagnostics;
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
    private int _trainings, _evaluations;
    private double? _planned;

    /// <summary>Runs what is missing and returns everything there is of what was asked for, by variant in the order given: seeds of an earlier command count, too.</summary>
    /// <exception cref="OperationCanceledException">Stopped; the same command continues.</exception>
    /// <exception cref="CheckpointException">The folder holds trainings of other values.</exception>
    public IReadOnlyList<MethodSummary> Execute(IReadOnlyList<(string Name, string Method, double Tau)> variants, int seeds)
    {
        Directory.CreateDirectory(folder);
        var (known, watch) = (Known(), Stopwatch.StartNew());
        var missing = Enumerable.Range(0, seeds).SelectMany(seed => variants.Where(variant => !known.Any(result => result.Name == variant.Name && result.Seed == config.Seed + (ulong)seed))
            .Select(variant => Training(variant.Method, variant.Tau, config.Seed + (ulong)seed))).ToArray();
        _trainings = missing.Distinct().Count();
        _evaluations = missing.Length - _trainings;
        try
        {
            Complete(variants, seeds, known);
            if (_planned is { } planned) context.Screen.Line($"comparison: {TimePlan.Duration(watch.Elapsed.TotalSeconds)}, planned {TimePlan.Duration(planned)}");
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException($"{known.Count} results are kept in {_results}, the same command continues", e);
        }

        return [.. variants.Select(variant => new MethodSummary(variant.Name, [.. known.Where(result => result.Name == variant.Name).OrderBy(result => result.Seed)]))];
    }

    private void Complete(IReadOnlyList<(string Name, string Method, double Tau)> variants, int seeds, List<CompareResult> known)
    {
        // Seed by seed, so that a run that is stopped has as many complete tables as possible.
        for (var seed = 0; seed < seeds; seed++)
        {
            foreach (var (name, method, tau) in variants)
            {
                context.Stop.ThrowIfCancellationRequested();
                var own = config.Seed + (ulong)seed;
                if (known.Any(result => result.Name == name && result.Seed == own))
                {
                    Of(method, tau, own).CheckFits();
                    continue;
                }

                var result = Run(name, method, tau, own, known);
                known.Add(result);
                File.AppendAllText(_results, JsonSerializer.Serialize(result, Json) + "\n");
                context.Screen.JsonLine(result);
            }
        }
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

    private TrainingRun Of(string method, double tau, ulong seed) =>
        new(config with { Attention = AttentionMethod.Find(method).TrainedAs, Tau = tau, Seed = seed }, data, device, Training(method, tau, seed), context.Screen, Plan);

    /// <summary>Says once, from the first training's plan, what all of them will take.</summary>
    private void Plan(TimePlan first)
    {
        if (_planned is not null || _trainings < 2) return;
        _planned = first.Total + (_trainings - 1) * first.Whole(config) + _evaluations * first.OneEvaluation;
        context.Screen.Line($"comparison: {_trainings} trainings to go, evaluated as {_trainings + _evaluations} methods, about {TimePlan.Duration(_planned.Value)} on this machine");
    }

    private CompareResult Run(string name, string method, double tau, ulong seed, List<CompareResult> known)
    {
        var (trained, target) = (AttentionMethod.Find(method).TrainedAs, Training(method, tau, seed));
        context.Screen.Line($"{name}, seed {seed}: {target}");
        if (trained != method && known.FirstOrDefault(result => result.Name == trained && result.Seed == seed) is { } shared && CheckpointFile.IsPresent(Path.Combine(target, TrainingRun.CheckpointFolder)))
        {
            Of(method, tau, seed).CheckFits();
            return shared with { Name = name, Method = method, Tau = tau, Evaluations = Losses(name, method, target) };
        }

        var result = Of(method, tau, seed).Execute(resume: true, finish: null, context.Stop);
        return new(name, method, tau, seed, Path.GetFileName(target), result.Steps, result.Tokens, result.FinalTrainLoss, result.TokensPerSecond, config.EvalTokens,
            trained == method ? result.Evaluations : Losses(name, method, target));
    }

    private IReadOnlyList<ContextLoss> Losses(string name, string method, string target)
    {
        using var model = new CheckpointedModel(target).Load(method, device);
        return new Evaluation(data, config.Contexts, config.EvalTokens).Run(model, c => context.Screen.Progress($"{name} evaluating at context {c}"), context.Stop);
    }

    /// <summary>The results in the file that are whole and of this evaluation; the file is left with nothing else that is cut short.</summary>
    private List<CompareResult> Known()
    {
        var known = new List<CompareResult>();
        if (!File.Exists(_results)) return known;
        var lines = new List<string>();
        foreach (var line in File.ReadLines(_results))
        {
            try
            {
                if (JsonSerializer.Deserialize<CompareResult>(line, Json) is not { Evaluations: not null } result) continue;
                lines.Add(line);
                // One of other steps or another evaluation does not count.
                if (result.Steps == config.Steps && result.EvalTokens == config.EvalTokens && config.Contexts.All(c => result.Evaluations.Any(e => e.Context == c))) known.Add(result);
            }
            catch (JsonException)
            {
            }
        }

        AtomicText.Write(_results, string.Concat(lines.Select(line => line + "\n")));
        return known;
    }
}

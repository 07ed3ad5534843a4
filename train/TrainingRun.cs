using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>One run from configuration to result, with its folder: log, checkpoints, evaluations; stops in order and resumes.</summary>
/// <param name="config">What to run.</param>
/// <param name="data">Data it learns from.</param>
/// <param name="device">Where it runs.</param>
/// <param name="folder">Folder of its log and checkpoint.</param>
/// <param name="screen">Where it reports.</param>
/// <param name="planned">Called with the time the run will take, where it was measured.</param>
public sealed class TrainingRun(RunConfig config, Dataset data, Device device, string folder, Screen screen, Action<TimePlan>? planned = null)
{
    /// <summary>Folder of the checkpoint inside a run's folder.</summary>
    public const string CheckpointFolder = "checkpoint";

    private readonly string _checkpoint = Path.Combine(folder, CheckpointFolder);
    private readonly string _metrics = Path.Combine(folder, "metrics.jsonl");
    private long _peak;

    /// <summary>Version and commit of this program.</summary>
    public static string Version => typeof(TrainingRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Trains to the end.</summary>
    /// <param name="resume">Continue from the folder's checkpoint, if there is one.</param>
    /// <param name="finish">Called with the trained model, for samples.</param>
    /// <param name="stop">Ends the run after the current step, with a checkpoint.</param>
    /// <exception cref="OperationCanceledException">Stopped; the checkpoint is written.</exception>
    /// <exception cref="CheckpointException">The folder holds a run that does not fit, or a checkpoint could not be written.</exception>
    public MethodResult Execute(bool resume, Func<Gpt, string>? finish, CancellationToken stop)
    {
        var evaluation = new Evaluation(data, config.Contexts, config.EvalTokens);
        using var trainer = new Trainer(config, data, device);
        Prepare(trainer, resume);
        using var log = new RunLog(_metrics, trainer.StepCount);
        screen.Line($"{config.Attention}: {trainer.Model.Parameters.Weights:N0} weights, {config.Steps} steps of {config.BatchTokens:N0} tokens at context {config.Context}, in {config.Compute} on {device.Name}"
            + (trainer.StepCount > 0 ? $", resumed at step {trainer.StepCount}" : ""));
        try
        {
            var (first, watch) = (trainer.StepCount, Stopwatch.StartNew());
            var memory = MemoryPlan.Of(config, data.Vocabulary, device);
            var time = Plan(trainer, memory, evaluation.Tokens);
            device.Pool.ResetPeak();
            // A run stopped in an evaluation has the checkpoint of its step but not its line in the log.
            if (first > 0 && first < config.Steps && EvaluationDue(first) && log.LastEvaluation < first) Evaluate(trainer, evaluation, log, stop);
            Train(trainer, evaluation, log, stop);
            if (first < config.Steps) Save(trainer);
            var losses = Evaluate(trainer, evaluation, log, stop);
            if (first < config.Steps)
                screen.Line($"{config.Attention}: {TimePlan.Duration(watch.Elapsed.TotalSeconds)}{(time is null ? "" : $", planned {TimePlan.Duration(time.Total)}")}; at most {MemoryPlan.Size(_peak)} in training, planned {MemoryPlan.Size(memory.Total)}");
            return Result(trainer, losses, finish?.Invoke(trainer.Model) ?? "");
        }
        catch (OperationCanceledException e)
        {
            Save(trainer);
            throw new OperationCanceledException($"step {trainer.StepCount} is saved in {_checkpoint}, continue with --resume", e);
        }
    }

    private void Train(Trainer trainer, Evaluation evaluation, RunLog log, CancellationToken stop)
    {
        var (first, training) = (trainer.StepCount, 0.0);
        while (trainer.StepCount < config.Steps)
        {
            stop.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            var result = trainer.Step();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            training += seconds;
            if (!double.IsFinite(result.Loss) || !double.IsFinite(result.GradientNorm))
                throw new TrainingException($"{config.Attention} step {trainer.StepCount}: loss {result.Loss}, gradient norm {result.GradientNorm}: training has diverged; try a lower --{config.Optimizer}-rate or a --clip-norm");
            log.Step(trainer.StepCount, trainer.Tokens, result, config.BlockRate * result.RateFactor, config.BatchTokens / seconds, seconds);
            Show(trainer, result, training / (trainer.StepCount - first));
            if (trainer.StepCount == config.Steps) break;
            if (Due(trainer.StepCount, config.CheckpointEvery)) Save(trainer);
            if (EvaluationDue(trainer.StepCount)) Evaluate(trainer, evaluation, log, stop);
        }
    }

    /// <summary>Refuses a folder that holds a run of other values.</summary>
    /// <exception cref="CheckpointException">It does; the message names the first value that differs.</exception>
    internal void CheckFits()
    {
        if (CheckpointFile.IsPresent(_checkpoint)) Compare(CheckpointFile.ReadState(_checkpoint));
    }

    /// <summary>Says what the rest of the run needs; the time only where measuring it is a small part of the run.</summary>
    private TimePlan? Plan(Trainer trainer, MemoryPlan memory, int evaluationTokens)
    {
        var left = config.Steps - trainer.StepCount;
        if (left == 0) return null;
        TimePlan? time = null;
        if ((long)left * (config.BatchTokens / config.MicroBatchTokens) >= TimePlan.FewestMicroBatches)
        {
            screen.Progress($"{config.Attention} timing a micro-batch");
            var (forward, both) = trainer.Measure();
            var evaluations = 1 + Enumerable.Range(trainer.StepCount + 1, left - 1).Count(EvaluationDue);
            time = TimePlan.Of(config, data.Vocabulary, forward, both, left, evaluations, evaluationTokens);
        }

        if (time is not null) planned?.Invoke(time);
        screen.Line($"{config.Attention}: needs {memory.Describe()}{(time is null ? "" : $"; {time.Describe()}")}");
        return time;
    }

    private bool EvaluationDue(int step) => Due(step, config.EvalEvery);

    private void Save(Trainer trainer) => CheckpointFile.Save(_checkpoint, trainer, config, data.Vocabulary);

    private static bool Due(int step, int every) => every > 0 && step % every == 0;

    private void Prepare(Trainer trainer, bool resume)
    {
        var present = CheckpointFile.IsPresent(_checkpoint);
        if (present && !resume) throw new CheckpointException($"{folder}: already holds a run; give --resume to continue it, or another --out");
        Directory.CreateDirectory(folder);
        if (present)
        {
            Compare(CheckpointFile.ReadState(_checkpoint));
            CheckpointFile.Load(_checkpoint, trainer);
        }

        var resolved = JsonSerializer.SerializeToNode(config, RunConfig.Json)!.AsObject();
        resolved["vocabulary"] = data.Vocabulary;
        resolved["device"] = device.Name;
        resolved["device-description"] = device.Description;
        resolved["version"] = Version;
        AtomicText.Write(Path.Combine(folder, "config.json"), resolved.ToJsonString(RunConfig.Json));
    }

    /// <summary>Refuses to resume under other values; only how often to evaluate and save, and whether a graph is replayed, may change.</summary>
    private void Compare(CheckpointState state)
    {
        if (state.Vocabulary != data.Vocabulary) throw new CheckpointException($"{_checkpoint}: was trained with {state.Vocabulary} token ids, the data has {data.Vocabulary}");
        if (state.Dataset != data.Manifest.Fingerprint)
            throw new CheckpointException($"{_checkpoint}: was trained on other --data than {data.Source} holds now; resume with the same text or give another --out");
        JsonObject Node(RunConfig c) => JsonSerializer.SerializeToNode(c with { EvalEvery = 0, CheckpointEvery = 0, Graph = false, EvalContexts = [], EvalTokens = 1, Preset = "" }, RunConfig.Json)!.AsObject();
        var (before, now) = (Node(state.Config), Node(config));
        foreach (var (key, value) in now)
        {
            if (!JsonNode.DeepEquals(value, before[key]))
                throw new CheckpointException($"{_checkpoint}: was trained with --{key} {before[key]?.ToJsonString() ?? "null"}, not {value?.ToJsonString() ?? "null"}; resume with the same value or give another --out");
        }
    }

    private void Show(Trainer trainer, StepResult result, double secondsPerStep)
    {
        var left = TimeSpan.FromSeconds((config.Steps - trainer.StepCount) * secondsPerStep);
        screen.Progress(string.Create(CultureInfo.InvariantCulture,
            $"{config.Attention} step {trainer.StepCount}/{config.Steps}  loss {result.Loss:F3}  {config.BatchTokens / secondsPerStep:N0} tokens/s  {left:h\\:mm\\:ss} left  {Math.Max(_peak, device.Pool.PeakBytes) >> 20} MiB"));
    }

    private IReadOnlyList<ContextLoss> Evaluate(Trainer trainer, Evaluation evaluation, RunLog log, CancellationToken stop)
    {
        _peak = Math.Max(_peak, device.Pool.PeakBytes);
        var losses = evaluation.Run(trainer.Model, context => screen.Progress($"{config.Attention} evaluating at context {context}"), stop);
        device.Pool.ResetPeak();
        if (log.LastEvaluation < trainer.StepCount) log.Evaluation(trainer.StepCount, losses);
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"{config.Attention} step {trainer.StepCount}: validation loss {string.Join(", ", losses.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Mean:F3} at {l.Context}")))}"));
        return losses;
    }

    /// <summary>Tokens per second of all steps but the first, which compiles the program.</summary>
    private double Speed(IReadOnlyList<LoggedStep> curve)
    {
        var timed = curve.Count > 1 ? curve.Skip(1).ToArray() : [.. curve];
        var seconds = timed.Sum(step => step.Seconds);
        return seconds > 0 ? timed.Length * (double)config.BatchTokens / seconds : 0;
    }

    private MethodResult Result(Trainer trainer, IReadOnlyList<ContextLoss> evaluations, string sample)
    {
        var curve = RunLog.Curve(_metrics);
        var tail = Math.Max(1, curve.Count / 20);
        return new MethodResult
        {
            Name = config.Attention,
            Parameters = trainer.Model.Parameters.Weights,
            TrainContext = config.Context,
            Steps = trainer.StepCount,
            Tokens = trainer.Tokens,
            FinalTrainLoss = Math.Round(curve.TakeLast(tail).Average(point => point.Loss), 6),
            ValLoss = evaluations.ToDictionary(e => ContextLoss.Key(e.Context), e => Math.Round(e.Mean, 6)),
            TokensPerSecond = Math.Round(Speed(curve), 1),
            PeakRssMib = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            Evaluations = evaluations,
            Curve = curve,
            Sample = sample,
        };
    }
}

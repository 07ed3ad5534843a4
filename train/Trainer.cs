using System.Diagnostics;
using SiaEngine.Model;
using SiaEngine.Ops;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>
/// A model, its optimizers and its data: one call per optimizer step. After warm-up a step allocates nothing on the managed heap. Matrices inside blocks
/// are trained by Muon or AdamW; embedding by Adam with a rate of its own, head and scales per head with another.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly RunConfig _config;
    private readonly IBatches _batches;
    private readonly Func<int, double> _schedule;
    private readonly int[] _inputs, _targets;
    private readonly int _rows, _microBatches;
    private readonly GraphedPass? _graph;
    private bool _warm;

    /// <summary>A new run: weights and batches follow from the configuration's seed.</summary>
    public Trainer(RunConfig config, Dataset data, Device device)
        : this(config, data, device, new BatchStream(data.Train, config.MicroBatchTokens / config.Context, config.Context, data.Vocabulary, config.SequentialData ? null : config.Seed), LearningRate.Of(config))
    {
    }

    /// <summary>A new run on other batches, which it owns, and under another schedule than the configured ones. With a recorded pass every target must count.</summary>
    public Trainer(RunConfig config, Dataset data, Device device, IBatches batches, Func<int, double> schedule)
    {
        (_config, Data, _schedule, _batches) = (config, data, schedule, batches);
        Model = new Gpt(config.Model(data.Vocabulary), device, config.Seed, config.ComputeOn(device));
        var blocks = Model.Parameters.Where(parameter => parameter.Name.StartsWith("blocks.", StringComparison.Ordinal)).ToArray();
        var matrices = blocks.Where(parameter => parameter.Name.EndsWith(".weight", StringComparison.Ordinal)).ToArray();
        Optimizers =
        [
            config.Optimizer == "muon" ? new Muon(matrices, config.BlockRate) : new AdamW(matrices, config.BlockRate, weightDecay: config.WeightDecay),
            new AdamW([Model.Parameters["wte.weight"]], config.EmbeddingRate),
            new AdamW([Model.Parameters["head.weight"], .. blocks.Except(matrices)], config.HeadRate),
        ];
        _rows = config.MicroBatchTokens / config.Context;
        _microBatches = config.BatchTokens / config.MicroBatchTokens;
        (_inputs, _targets) = (new int[config.MicroBatchTokens], new int[config.MicroBatchTokens]);
        if (config.Graph) _graph = new GraphedPass(Model, _rows, config.Context);
    }

    /// <summary>What the model learns from.</summary>
    public Dataset Data { get; }

    /// <summary>The model in training.</summary>
    public Gpt Model { get; }

    /// <summary>Optimizers, whose state belongs to a checkpoint.</summary>
    public IReadOnlyList<Optimizer> Optimizers { get; }

    /// <summary>Steps done.</summary>
    public int StepCount { get; set; }

    /// <summary>Tokens seen.</summary>
    public long Tokens => (long)StepCount * _config.BatchTokens;

    /// <summary>One optimizer step on the next batch.</summary>
    public StepResult Step()
    {
        var sum = 0.0;
        var replay = _graph is not null && _warm;
        if (!replay) Model.Parameters.ClearGradients();
        for (var micro = 0; micro < _microBatches; micro++)
        {
            _batches.Fill((long)StepCount * _microBatches + micro, _inputs, _targets);
            sum += replay ? _graph!.Run(_inputs, _targets, first: micro == 0) : Accumulate();
        }

        _warm = true;
        var norm = GradientNorm.Compute(Model.Parameters.Span, 1.0 / _microBatches);
        var clip = _config.ClipNorm > 0 ? GradientNorm.ClipFactor(norm, _config.ClipNorm) : 1;
        var factor = _schedule(StepCount);
        for (var i = 0; i < Optimizers.Count; i++) Optimizers[i].Step(factor, clip / _microBatches);
        StepCount++;
        return new StepResult(sum / _microBatches, norm, factor);
    }

    /// <summary>
    /// Seconds of the loss of one micro-batch alone, as an evaluation computes it, and of its forward and backward pass with the norm of the gradient, each the faster of
    /// two measurements on the next micro-batch after a pass that warms up. Weights, moments and step stay as they are.
    /// </summary>
    public (double Forward, double Both) Measure()
    {
        _batches.Fill((long)StepCount * _microBatches, _inputs, _targets);
        var both = Fastest(() =>
        {
            Model.Parameters.ClearGradients();
            Accumulate();
            GradientNorm.Compute(Model.Parameters.Span);
        });
        var forward = Fastest(() =>
        {
            using var scope = Scope.Enter();
            Loss().Item();
        });
        return (forward, both);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimizer in Optimizers) optimizer.Dispose();
        _graph?.Dispose();
        Model.Dispose();
        _batches.Dispose();
    }

    /// <summary>Seconds of the faster of two runs after one that warms up.</summary>
    private static double Fastest(Action run)
    {
        run();
        return Math.Min(Seconds(), Seconds());

        double Seconds()
        {
            var start = Stopwatch.GetTimestamp();
            run();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    /// <summary>Forward and backward pass of the micro-batch in the buffers; returns the mean loss of its targets that count.</summary>
    private double Accumulate()
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var mean = Loss();
        var loss = mean.Item();
        tape.Backward(mean);
        return loss;
    }

    /// <summary>Mean loss of the micro-batch in the buffers.</summary>
    private Tensor Loss()
    {
        Shape shape = [_rows, _config.Context];
        return Model.Loss(Tensor.From<int>(_inputs, shape, Model.Device), Tensor.From<int>(_targets, shape, Model.Device),
            1.0 / Math.Max(1, _targets.Length - _targets.AsSpan().Count(CrossEntropy.Ignored)));
    }
}

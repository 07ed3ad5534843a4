using SiaEngine.Model;

namespace SiaEngine.Train.Commands;

/// <summary>A model and one batch of random tokens, for timing training steps.</summary>
internal sealed class TimedStep : IDisposable
{
    private readonly Device _device;
    private readonly Gpt _model;
    private readonly AdamW _optimizer;
    private readonly Scope _scope;
    private readonly Tensor _inputs, _targets;

    /// <summary>Weights, optimizer and batch of a shape.</summary>
    public TimedStep(BenchShape shape, string method, DType compute, Device device, ulong seed)
    {
        _device = device;
        _model = new Gpt(shape.Config(method), device, seed, compute);
        _optimizer = new AdamW(_model.Parameters.Span, 3e-4);
        _scope = Scope.Enter();
        var random = new Philox(seed, 9);
        var ids = new int[shape.Tokens + 1];
        for (var i = 0; i < ids.Length; i++) ids[i] = (int)random.Below((ulong)i, shape.Vocabulary);
        Shape batch = [shape.Batch, shape.Context];
        (_inputs, _targets) = (Tensor.From<int>(ids.AsSpan(0, ids.Length - 1), batch, device), Tensor.From<int>(ids.AsSpan(1), batch, device));
    }

    /// <summary>Number of weights.</summary>
    public long Weights => _model.Parameters.Weights;

    /// <summary>Loss of the first step, NaN before it.</summary>
    public double FirstLoss { get; private set; } = double.NaN;

    /// <summary>Loss of the latest step.</summary>
    public double LastLoss { get; private set; }

    /// <summary>Forward, backward and the update.</summary>
    public void Run()
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        _model.Parameters.ClearGradients();
        var loss = _model.Loss(_inputs, _targets, 1.0 / _inputs.Count);
        LastLoss = loss.Item();
        if (double.IsNaN(FirstLoss)) FirstLoss = LastLoss;
        tape.Backward(loss);
        _optimizer.Step();
        _device.Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scope.Dispose();
        _optimizer.Dispose();
        _model.Dispose();
    }
}

using SiaEngine.Cpu;
using SiaEngine.Model;

namespace SiaEngine.Train;

/// <summary>
/// Forward and backward pass of a micro-batch recorded once and replayed. There are two recordings: the first micro-batch of a step overwrites gradients, the
/// others add to them. The optimizers stay outside, since their numbers change with every step.
/// </summary>
internal sealed class GraphedPass : IDisposable
{
    private readonly Gpt _model;
    private readonly Tensor _inputs, _targets, _loss, _one;
    private CapturedWork? _first, _next;

    /// <summary>A pass over this many windows; the same pass must have run before the first <see cref="Run"/>, so that its memory and kernels are there.</summary>
    public GraphedPass(Gpt model, int rows, int context)
    {
        if (model.Device is CpuDevice) throw new ArgumentException("--graph takes --device cuda or sim; cpu does not record work");
        _model = model;
        (_inputs, _targets) = (Tensor.Persistent([rows, context], DType.I32, model.Device), Tensor.Persistent([rows, context], DType.I32, model.Device));
        (_loss, _one) = (Tensor.Persistent([], DType.F32, model.Device), Tensor.Persistent([], DType.F32, model.Device));
        _one.CopyFrom<float>([1]);
    }

    /// <summary>Adds a micro-batch's gradients, or with <paramref name="first"/> begins with them; returns its mean loss.</summary>
    public double Run(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, bool first)
    {
        _inputs.CopyFrom(inputs);
        _targets.CopyFrom(targets);
        var work = first ? _first ??= Capture(overwrite: true) : _next ??= Capture(overwrite: false);
        work.Replay();
        work.Verify();
        return _loss.Item();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first?.Dispose();
        _next?.Dispose();
        _inputs.Release();
        _targets.Release();
        _loss.Release();
        _one.Release();
    }

    private CapturedWork Capture(bool overwrite)
    {
        if (overwrite) _model.Parameters.ClearGradients();
        return _model.Device.Capture(() =>
        {
            using var scope = Scope.Enter();
            using var tape = Tape.Start();
            var mean = _model.Loss(_inputs, _targets, 1.0 / _inputs.Count);
            _loss.CopyFrom(mean);
            tape.Backward(mean, _one);
        }, beside: _first);
    }
}

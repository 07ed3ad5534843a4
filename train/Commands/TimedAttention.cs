using SiaEngine.Model;

namespace SiaEngine.Train.Commands;

/// <summary>Causal attention on random numbers, forward alone or both ways.</summary>
internal sealed class TimedAttention : IDisposable
{
    private readonly Device _device;
    private readonly DistanceTables _tables;
    private readonly DistanceTables.View _view;
    private readonly Scope _scope;
    private readonly Tensor _qkv, _dy;
    private readonly int _heads;
    private readonly bool _backward;

    /// <summary>qkv [B, T, 3 H D] and what the method needs.</summary>
    public TimedAttention(int batch, int heads, int length, int dim, string method, bool backward, Device device)
    {
        (_device, _heads, _backward) = (device, heads, backward);
        var config = new GptConfig { Layers = 1, Width = heads * dim, Heads = heads, Vocabulary = 1, Context = length };
        _tables = new DistanceTables(config, AttentionMethod.Find(method), DType.F32, device);
        _view = _tables.For(length);
        _scope = Scope.Enter();
        _qkv = BenchCommand.Random([batch, length, 3 * heads * dim], device, 1);
        _dy = BenchCommand.Random([batch, length, heads * dim], device, 2);
        if (backward) _qkv.Track();
        Work = 4.0 * batch * heads * dim * (length * (length + 1.0) / 2) * (backward ? 3 : 1);
    }

    /// <summary>Useful floating-point operations of a run: the causal half, backward as twice forward.</summary>
    public double Work { get; }

    /// <summary>One pass.</summary>
    public void Run()
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = Ops.Attention.Apply(_qkv, _heads, _view.Factor, _view.Shift);
        if (_backward)
        {
            tape.Backward(y, _dy);
            _qkv.ClearGradient();
        }

        _device.Synchronize();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scope.Dispose();
        _tables.Dispose();
    }
}

using SiaEngine.Cuda;
using SiaEngine.Model;

namespace SiaEngine.Train.Commands;

/// <summary>Causal attention on random numbers, forward alone or both ways.</summary>
internal sealed class TimedAttention : IDisposable
{
    /// <summary>Passes that are issued before any is waited for: the device is never idle between them.</summary>
    private const int Ahead = 8;

    private readonly Device _device;
    private readonly DistanceTables _tables;
    private readonly DistanceTables.View _view;
    private readonly Scope _scope;
    private readonly Tensor _qkv, _dy;
    private readonly int _heads;
    private readonly bool _backward;

    /// <summary>qkv [B, T, 3 H D] and what the method needs.</summary>
    public TimedAttention(int batch, int heads, int length, int dim, string method, bool backward, DType dtype, Device device)
    {
        (_device, _heads, _backward) = (device, heads, backward);
        var config = new GptConfig { Layers = 1, Width = heads * dim, Heads = heads, Vocabulary = 1, Context = length };
        _tables = new DistanceTables(config, AttentionMethod.Find(method), DType.F32, device);
        _view = _tables.For(length);
        _scope = Scope.Enter();
        _qkv = Random([batch, length, 3 * heads * dim], 1);
        _dy = Random([batch, length, heads * dim], 2);
        if (backward) _qkv.Track();
        ForwardWork = 4.0 * batch * heads * dim * (length * (length + 1.0) / 2);

        Tensor Random(Shape shape, ulong stream)
        {
            var numbers = BenchCommand.Random(shape, device, stream);
            return dtype == DType.F32 ? numbers : Ops.Cast.Apply(numbers, dtype);
        }
    }

    /// <summary>Useful floating-point operations of a forward pass: two products of the causal half.</summary>
    public double ForwardWork { get; }

    /// <summary>Useful floating-point operations of a run, backward as twice forward.</summary>
    public double Work => ForwardWork * (_backward ? 3 : 1);

    /// <summary>Seconds of forward and backward passes alone, where the device times them itself.</summary>
    public List<(double Forward, double Backward)> Parts { get; } = [];

    /// <summary>One pass, waited for.</summary>
    public void Run()
    {
        Issue(static () => { });
        _device.Synchronize();
    }

    /// <summary>Seconds of a pass by the device's own clock, the mean of several in a row.</summary>
    public double RunOnDevice(ICudaDriver driver)
    {
        var marks = new List<nint>();
        for (var pass = 0; pass < Ahead; pass++)
        {
            Mark();
            Issue(Mark);
            if (_backward) Mark();
        }

        var each = marks.Count / Ahead;
        double forward = 0, backward = 0;
        for (var first = 0; first < marks.Count; first += each)
        {
            forward += driver.Elapsed(marks[first], marks[first + 1]) / 1000 / Ahead;
            if (_backward) backward += driver.Elapsed(marks[first + 1], marks[first + 2]) / 1000 / Ahead;
        }

        foreach (var mark in marks) driver.DestroyEvent(mark);
        Parts.Add((forward, backward));
        return forward + backward;

        void Mark()
        {
            marks.Add(driver.CreateEvent());
            driver.RecordEvent(marks[^1]);
        }
    }

    private void Issue(Action between)
    {
        using var scope = Scope.Enter();
        using var tape = Tape.Start();
        var y = Ops.Attention.Apply(_qkv, _heads, _view.Factor, _view.Shift);
        between();
        if (!_backward) return;
        tape.Backward(y, _dy);
        _qkv.ClearGradient();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scope.Dispose();
        _tables.Dispose();
    }
}

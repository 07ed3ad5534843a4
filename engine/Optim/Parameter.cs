namespace SiaEngine;

/// <summary>
/// A trained tensor: f32 master weights, the working copy the ops read (the same tensor unless the compute type is narrower), and the gradient.
/// It lives outside scopes until it is disposed.
/// </summary>
public sealed class Parameter : IDisposable
{
    private Tensor? _gradient;

    /// <summary>Parameter with uninitialised weights. <paramref name="compute"/> f32 or f64 trains in place, bf16 keeps f32 masters.</summary>
    public Parameter(string name, Shape shape, DType compute, Device device)
    {
        Name = name;
        Master = Tensor.Persistent(shape, compute.Accumulator, device);
        Value = compute == Master.DType ? Master : Tensor.Persistent(shape, compute, device);
        Value.Track();
        Value.Cell.Parameter = this;
    }

    /// <summary>Unique name within a model, as in checkpoints.</summary>
    public string Name { get; }

    /// <summary>Extents of the weights.</summary>
    public Shape Shape => Master.Shape;

    /// <summary>What ops read, in the compute type.</summary>
    public Tensor Value { get; }

    /// <summary>What the optimizer updates.</summary>
    public Tensor Master { get; }

    /// <summary>Sum of the gradients since <see cref="ClearGradient"/>, in the dtype of the masters. Its memory is taken by the first contribution.</summary>
    /// <exception cref="InvalidOperationException">There was no contribution.</exception>
    public Tensor Gradient => _gradient ?? throw new InvalidOperationException($"parameter '{Name}' has no gradient; no backward pass contributed to it.");

    /// <summary>Number of equal row blocks that are matrices of their own, such as q, k and v packed in one; Muon treats each apart.</summary>
    public int Blocks { get; set; } = 1;

    /// <summary>Whether a backward pass contributed since <see cref="ClearGradient"/>.</summary>
    public bool HasGradient => _gradient is not null;

    /// <summary>Starts a new sum and gives the gradient's memory back: until the next contribution others may use it.</summary>
    public void ClearGradient()
    {
        _gradient?.Release();
        _gradient = null;
    }

    /// <summary>Overwrites elements from <paramref name="first"/> on in master weights and working copy, rounding to their types.</summary>
    public void Set(ReadOnlySpan<double> values, long first = 0)
    {
        Write(Master, values, first);
        if (Value != Master) Write(Value, values, first);

        static void Write(Tensor target, ReadOnlySpan<double> values, long first)
        {
            using var scope = Scope.Enter();
            Shape piece = [values.Length];
            var all = target.As([checked((int)target.Count)]);
            all.Rows(checked((int)first), values.Length).CopyFrom(GradientContext.Make(values, piece, target.DType, target.Device));
        }
    }

    /// <summary>Brings the working copy up to date after the master was written from outside, as by a checkpoint.</summary>
    public void RoundMaster()
    {
        if (Value != Master) Master.Device.Kernels<Ops.Cast.IKernels>().Run(Master, new(Value, 0));
    }

    /// <summary>Releases the memory.</summary>
    public void Dispose()
    {
        if (Value != Master) Value.Release();
        Master.Release();
        ClearGradient();
    }

    internal GradientSlot TakeSlot()
    {
        if (_gradient is { } gradient) return new(gradient, 1);
        gradient = Tensor.Persistent(Shape, Master.DType, Master.Device);
        _gradient = gradient;
        return new(gradient, 0);
    }

    /// <summary>The first contribution, in memory that its owner gives up.</summary>
    internal void Adopt(Tensor gradient)
    {
        gradient.Cell.Hold();
        _gradient = gradient;
    }
}

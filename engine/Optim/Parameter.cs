namespace SiaEngine;

/// <summary>
/// A trained tensor: f32 master weights, the working copy the ops read (the same tensor unless the compute type is narrower), and the gradient.
/// It lives outside scopes until it is disposed.
/// </summary>
public sealed class Parameter : IDisposable
{
    /// <summary>Parameter with uninitialised weights. <paramref name="compute"/> f32 or f64 trains in place, bf16 keeps f32 masters.</summary>
    public Parameter(string name, Shape shape, DType compute, Device device)
    {
        Name = name;
        Master = Tensor.Persistent(shape, compute.Accumulator, device);
        Value = compute == Master.DType ? Master : Tensor.Persistent(shape, compute, device);
        Gradient = Tensor.Persistent(shape, Master.DType, device);
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

    /// <summary>Sum of the gradients since <see cref="ClearGradient"/>; meaningless while <see cref="HasGradient"/> is false.</summary>
    public Tensor Gradient { get; }

    /// <summary>Number of equal row blocks that are matrices of their own, such as q, k and v packed in one; Muon treats each apart.</summary>
    public int Blocks { get; set; } = 1;

    /// <summary>Whether a backward pass contributed since <see cref="ClearGradient"/>.</summary>
    public bool HasGradient { get; private set; }

    /// <summary>Starts a new sum: the next contribution overwrites. Costs nothing, no memory is touched.</summary>
    public void ClearGradient() => HasGradient = false;

    /// <summary>Overwrites master weights and working copy, rounding to their types.</summary>
    public void Set(ReadOnlySpan<double> values)
    {
        Write(Master, values);
        if (Value != Master) Write(Value, values);

        static void Write(Tensor target, ReadOnlySpan<double> values)
        {
            using var scope = Scope.Enter();
            target.CopyFrom(GradientContext.Make(values, target.Shape, target.DType, target.Device));
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
        Gradient.Release();
    }

    internal GradientSlot TakeSlot()
    {
        var slot = new GradientSlot(Gradient, HasGradient ? 1 : 0);
        HasGradient = true;
        return slot;
    }
}

using SiaEngine.Ops;

namespace SiaEngine;

/// <summary>Hands out the places where gradients are collected during one backward pass.</summary>
public sealed class Gradients
{
    private readonly List<TensorCell> _givenInThisCall = [];
    private readonly List<(Tensor Target, Tensor Extra)> _extras = [];

    internal Gradients()
    {
    }

    /// <summary>
    /// Whether anybody needs the gradient of <paramref name="x"/>, and if so where to leave it. Slots of one Backward call never alias:
    /// a tensor that is passed twice gets a temporary, added afterwards.
    /// </summary>
    public bool Slot(Tensor? x, out GradientSlot slot)
    {
        slot = default;
        if (x is not { } input || !input.IsTracked) return false;
        var cell = input.Cell;
        if (_givenInThisCall.Contains(cell))
        {
            var extra = Tensor.Empty(cell.Shape, cell.DType, cell.Device);
            _extras.Add((cell.Parameter is { } owner ? owner.Gradient : cell.Gradient!.Value, extra));
            slot = new(extra, 0);
            return true;
        }

        _givenInThisCall.Add(cell);
        slot = cell.Parameter is { } parameter ? parameter.TakeSlot() : Collect(cell);
        return true;
    }

    /// <summary>The slot of <paramref name="x"/>, or null when nobody needs its gradient.</summary>
    public GradientSlot? Slot(Tensor? x) => Slot(x, out var slot) ? slot : null;

    /// <summary>
    /// Contributes <paramref name="gradient"/> as it is. When it is the first contribution no data moves: the gradient of <paramref name="x"/>
    /// becomes another handle on it, copied only if somebody adds to it while others still read it.
    /// </summary>
    public void Share(Tensor? x, Tensor gradient)
    {
        if (x is not { } input || !input.IsTracked) return;
        var cell = input.Cell;
        if (cell.Parameter is null && cell.Gradient is null)
        {
            cell.SetGradient(gradient.As(cell.Shape));
            return;
        }

        if (Slot(input, out var slot)) gradient.Device.Kernels<Add.IKernels>().Accumulate(gradient, slot);
    }

    /// <summary>
    /// The slot of <paramref name="x"/>, whose memory is that of <paramref name="memory"/>, a tensor of its shape that the caller gives up, when this is the first
    /// contribution. Null when nobody needs the gradient.
    /// </summary>
    public GradientSlot? Adopt(Tensor x, Tensor memory)
    {
        if (!x.IsTracked) return null;
        var cell = x.Cell;
        if (cell.Parameter is null ? cell.Gradient is not null : cell.Parameter.HasGradient) return Slot(x);
        if (cell.Parameter is { } parameter) parameter.Adopt(memory);
        else cell.SetGradient(memory);
        _givenInThisCall.Add(cell);
        return new(memory, 0);
    }

    /// <summary>The dtype gradients of <paramref name="x"/> are summed in.</summary>
    public static DType DTypeOf(Tensor x) => x.Cell.Parameter?.Master.DType ?? x.DType;

    internal void FinishCall()
    {
        foreach (var (target, extra) in _extras) extra.Device.Kernels<Add.IKernels>().Accumulate(extra, new(target, 1));
        _extras.Clear();
        _givenInThisCall.Clear();
    }

    private static GradientSlot Collect(TensorCell cell)
    {
        if (cell.Gradient is not { } gradient)
        {
            gradient = Tensor.Empty(cell.Shape, cell.DType, cell.Device);
            cell.SetGradient(gradient);
            return new(gradient, 0);
        }

        if (gradient.IsExclusive) return new(gradient, 1);
        var own = Tensor.Empty(cell.Shape, cell.DType, cell.Device);
        own.CopyFrom(gradient);
        cell.SetGradient(own);
        return new(own, 1);
    }
}

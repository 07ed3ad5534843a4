namespace SiaEngine;

/// <summary>
/// What a <see cref="Tensor"/> handle points to. Cells are reused; the generation tells a handle that its cell now serves another tensor.
/// Two counts: <c>holds</c> keep the data, <c>pins</c> keep only the identity (shape and gradient), as the tape needs for outputs.
/// </summary>
internal sealed class TensorCell
{
    [ThreadStatic]
    private static Stack<TensorCell>? _spare;

    private int _holds;
    private int _pins;

    public int Generation { get; private set; }

    public Shape Shape { get; private set; }

    public DType DType { get; private set; }

    public Device Device { get; private set; } = null!;

    /// <summary>Null once the last hold is gone.</summary>
    public Storage? Storage { get; private set; }

    /// <summary>First byte of this tensor inside its storage.</summary>
    public nint Offset { get; private set; }

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool Tracked { get; set; }

    /// <summary>Owner of the gradient buffer when the tensor is a parameter.</summary>
    public Parameter? Parameter { get; set; }

    /// <summary>Gradient collected so far; holds its data.</summary>
    public Tensor? Gradient { get; private set; }

    /// <summary>A cell with one hold.</summary>
    public static TensorCell Rent(Shape shape, DType dtype, Device device, Storage storage, nint offset)
    {
        var spare = _spare ??= new Stack<TensorCell>();
        if (!spare.TryPop(out var cell)) cell = new TensorCell();
        (cell.Shape, cell.DType, cell.Device, cell.Storage, cell.Offset) = (shape, dtype, device, storage, offset);
        (cell._holds, cell._pins) = (1, 0);
        return cell;
    }

    /// <summary>Whether one holder alone keeps the data.</summary>
    public bool IsHeldOnce => _holds == 1;

    public void Hold() => _holds++;

    public void Drop()
    {
        if (--_holds != 0) return;
        Storage!.Release();
        Storage = null;
        if (_pins == 0) Recycle();
    }

    public void Pin() => _pins++;

    public void Unpin()
    {
        if (--_pins == 0 && _holds == 0) Recycle();
    }

    /// <summary>Replaces the gradient; the new one gets a hold, the old one loses its.</summary>
    public void SetGradient(Tensor? gradient)
    {
        gradient?.Cell.Hold();
        var old = Gradient;
        Gradient = gradient;
        old?.Cell.Drop();
    }

    private void Recycle()
    {
        SetGradient(null);
        (Tracked, Parameter) = (false, null);
        Generation++;
        (_spare ??= new Stack<TensorCell>()).Push(this);
    }
}

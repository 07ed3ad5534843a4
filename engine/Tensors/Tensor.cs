using System.Runtime.InteropServices;

namespace SiaEngine;

/// <summary>
/// Handle to a contiguous row-major tensor: storage on a device plus shape and dtype. A small value to pass around; the data belongs to
/// the <see cref="Scope"/> it was created in. Using a handle after its data was released throws, it never reads another tensor's memory.
/// </summary>
public readonly struct Tensor : IEquatable<Tensor>
{
    private readonly TensorCell? _cell;
    private readonly int _generation;

    internal Tensor(TensorCell cell) => (_cell, _generation) = (cell, cell.Generation);

    /// <summary>Extents, outermost first.</summary>
    public Shape Shape => Cell.Shape;

    /// <summary>Element type.</summary>
    public DType DType => Cell.DType;

    /// <summary>Where the data lives.</summary>
    public Device Device => Cell.Device;

    /// <summary>Number of elements.</summary>
    public long Count => Cell.Shape.Count;

    /// <summary>Size of the data in bytes.</summary>
    public nuint Bytes => (nuint)Cell.Shape.Count * (nuint)Cell.DType.Size;

    /// <summary>Device address of the first element; on the CPU a pointer.</summary>
    public nint Address => LiveStorage.Address + Cell.Offset;

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool IsTracked => Cell.Tracked;

    /// <summary>Gradient left by the tape on a tracked tensor that no op produced; null before the backward pass.</summary>
    public Tensor? Gradient => Cell.Parameter is not { } parameter ? Cell.Gradient : parameter.HasGradient ? parameter.Gradient : null;

    /// <summary>Whether a single holder (a scope, the tape, a gradient) keeps the data and no view shares it, so that the holder may overwrite it.</summary>
    public bool IsExclusive => LiveStorage.References == 1 && Cell.IsHeldOnce;

    internal TensorCell Cell => _cell is { } cell && cell.Generation == _generation
        ? cell
        : throw new ObjectDisposedException(nameof(Tensor), "The tensor was released with its scope; keep it with scope.Keep(tensor).");

    private Storage LiveStorage => Cell.Storage
        ?? throw new ObjectDisposedException(nameof(Tensor), $"The data of tensor {Shape} was released with its scope; save it with Tape.Save or keep it with scope.Keep.");

    /// <summary>Uninitialised tensor owned by the current scope.</summary>
    public static Tensor Empty(Shape shape, DType dtype, Device device)
    {
        var cell = Create(shape, dtype, device);
        Scope.Own(cell);
        return new Tensor(cell);
    }

    /// <summary>Uninitialised tensor with shape, dtype and device of <paramref name="x"/>.</summary>
    public static Tensor Like(Tensor x) => Empty(x.Shape, x.DType, x.Device);

    /// <summary>Tensor of zeros owned by the current scope.</summary>
    public static Tensor Zeros(Shape shape, DType dtype, Device device)
    {
        var x = Empty(shape, dtype, device);
        x.Clear();
        return x;
    }

    /// <summary>Tensor holding a copy of host values, owned by the current scope.</summary>
    /// <exception cref="ShapeException">The number of values is not that of the shape.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape, Device device) where T : unmanaged
    {
        var x = Empty(shape, DType.Of<T>(), device);
        x.CopyFrom(values);
        return x;
    }

    /// <summary>Uninitialised tensor that no scope owns; the caller ends its life with <see cref="Release"/>.</summary>
    public static Tensor Persistent(Shape shape, DType dtype, Device device) => new(Create(shape, dtype, device));

    /// <summary>Ends the life of a <see cref="Persistent"/> tensor.</summary>
    public void Release() => Cell.Drop();

    /// <summary>Another handle on the same data through which no gradient flows.</summary>
    public Tensor Detach() => View(Shape, 0);

    /// <summary>The same data under another shape of equal count, without gradient flow; views are for code outside the tape.</summary>
    /// <exception cref="ShapeException">The counts differ.</exception>
    public Tensor As(Shape shape)
    {
        if (shape.Count != Count) throw new ShapeException($"view: {shape} has {shape.Count} elements, tensor {this} has {Count}.");
        return View(shape, 0);
    }

    /// <summary>Rows [start, start + count) of the first axis as a view without gradient flow.</summary>
    /// <exception cref="ShapeException">The range lies outside the tensor.</exception>
    public Tensor Rows(int start, int count)
    {
        if (Shape.Rank == 0 || start < 0 || count < 0 || start + count > Shape[0])
            throw new ShapeException($"rows: [{start}, {start + count}) lies outside the first axis of {this}.");
        var rowBytes = Shape[0] == 0 ? 0 : (nint)(Count / Shape[0] * DType.Size);
        return View(Shape.WithFirst(count), start * rowBytes);
    }

    /// <summary>Lets gradients flow to this tensor, which no op may have produced; read them from <see cref="Gradient"/>.</summary>
    public Tensor Track()
    {
        Cell.Tracked = true;
        return this;
    }

    /// <summary>Forgets the gradient of a tracked tensor that is not a parameter.</summary>
    public void ClearGradient() => Cell.SetGradient(null);

    /// <summary>Elements on the CPU.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not the element type.</exception>
    public unsafe Span<T> Span<T>() where T : unmanaged
    {
        Expect<T>();
        if (Device is not Cpu.CpuDevice) throw new DeviceException($"Span: tensor {this} lives on {Device.Name}; copy it to the host with CopyTo.");
        return new Span<T>((void*)Address, checked((int)Count));
    }

    /// <summary>Copies the elements to the host.</summary>
    /// <exception cref="ShapeException">The destination does not have <see cref="Count"/> elements.</exception>
    public void CopyTo<T>(Span<T> destination) where T : unmanaged
    {
        Expect<T>();
        ExpectCount(destination.Length);
        Device.CopyToHost(Address, MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Overwrites the elements with host values.</summary>
    /// <exception cref="ShapeException">The source does not have <see cref="Count"/> elements.</exception>
    public void CopyFrom<T>(ReadOnlySpan<T> source) where T : unmanaged
    {
        Expect<T>();
        ExpectCount(source.Length);
        Device.CopyFromHost(MemoryMarshal.AsBytes(source), Address);
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape, dtype and device.</summary>
    public void CopyFrom(Tensor source)
    {
        Throw.Unless(source.Shape == Shape && source.DType == DType && source.Device == Device, "copy", "shape, dtype and device must agree", source, this);
        Device.Copy(source.Address, Address, Bytes);
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear() => Device.Fill(Address, 0, Bytes);

    /// <summary>The elements as a new host array.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        var values = new T[checked((int)Count)];
        CopyTo<T>(values);
        return values;
    }

    /// <summary>The single element of an f32 or f64 tensor.</summary>
    public double Item()
    {
        ExpectCount(1);
        if (DType == DType.F64)
        {
            Span<double> one = stackalloc double[1];
            CopyTo(one);
            return one[0];
        }

        Span<float> value = stackalloc float[1];
        CopyTo(value);
        return value[0];
    }

    /// <inheritdoc/>
    public bool Equals(Tensor other) => _cell == other._cell && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_cell, _generation);

    /// <summary>Same tensor (identity, not values).</summary>
    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    /// <summary>Different tensors (identity, not values).</summary>
    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    /// <summary>For example <c>[8, 1024] f32</c>.</summary>
    public override string ToString() => $"{Shape} {DType.Name}";

    private static TensorCell Create(Shape shape, DType dtype, Device device) =>
        TensorCell.Rent(shape, dtype, device, device.Pool.Rent((nuint)shape.Count * (nuint)dtype.Size), 0);

    private Tensor View(Shape shape, nint offset)
    {
        var storage = LiveStorage;
        storage.Retain();
        var cell = TensorCell.Rent(shape, DType, Device, storage, Cell.Offset + offset);
        Scope.Own(cell);
        return new Tensor(cell);
    }

    private void Expect<T>() where T : unmanaged
    {
        if (DType.Of<T>() != DType) throw new DTypeException($"tensor {this} does not hold {DType.Of<T>().Name}.");
    }

    private void ExpectCount(long count)
    {
        if (count != Count) throw new ShapeException($"tensor {this} has {Count} elements, not {count}.");
    }
}

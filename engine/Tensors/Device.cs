namespace SiaEngine;

/// <summary>
/// A place where tensors live and ops run: memory, copies and a table from an op's kernel contract to this device's implementation.
/// One thread at a time issues work to a device.
/// </summary>
public abstract class Device : IDisposable
{
    private object?[] _kernels = new object?[64];

    /// <summary>Device with the name used in messages and on the command line, which implements <see cref="Capture"/> or not.</summary>
    protected Device(string name, bool recordsWork = true)
    {
        Name = name;
        Pool = new MemoryPool(this, recordsWork);
    }

    /// <summary>Name on the command line and in messages: cpu, sim, cuda.</summary>
    public string Name { get; }

    /// <summary>What it is and how it computes, for the header of a run.</summary>
    public virtual string Description => Name;

    /// <summary>Memory of this device.</summary>
    public MemoryPool Pool { get; }

    /// <summary>Bytes of results that an op which works through many rows in chunks aims at: small beside the device's memory, or its caches, and enough to keep it busy.</summary>
    public virtual long ChunkBytes => 512L << 20;

    /// <summary>The implementation of an op's kernel contract on this device.</summary>
    /// <exception cref="DeviceException">The device has none.</exception>
    public T Kernels<T>() where T : class
    {
        var id = KernelId<T>.Value;
        return id < _kernels.Length && _kernels[id] is { } kernels
            ? (T)kernels
            : throw new DeviceException($"{Name} has no kernels for {typeof(T).DeclaringType?.Name ?? typeof(T).Name}.");
    }

    /// <summary>Whether the device implements a kernel contract, given as a type.</summary>
    public bool Has(Type contract)
    {
        foreach (var kernels in _kernels)
            if (contract.IsInstanceOfType(kernels)) return true;
        return false;
    }

    /// <summary>Adds or replaces the implementation of a kernel contract; own ops register theirs here.</summary>
    public void Register<T>(T kernels) where T : class
    {
        var id = KernelId<T>.Value;
        if (id >= _kernels.Length) Array.Resize(ref _kernels, id * 2);
        _kernels[id] = kernels;
    }

    /// <summary>Waits until all issued work is done.</summary>
    public virtual void Synchronize()
    {
    }

    /// <summary>Copies host bytes to device memory; when it returns the source may change.</summary>
    public abstract void CopyFromHost(ReadOnlySpan<byte> source, nint destination);

    /// <summary>Waits for issued work, then copies device memory to host bytes.</summary>
    public abstract void CopyToHost(nint source, Span<byte> destination);

    /// <summary>Copies within the device; the ranges do not overlap.</summary>
    public abstract void Copy(nint source, nint destination, nuint bytes);

    /// <summary>Sets bytes of device memory.</summary>
    public abstract void Fill(nint address, byte value, nuint bytes);

    /// <summary>Says that the contents of a block are undefined from here on, as when the pool hands it out again. Only checking devices care.</summary>
    public virtual void Discard(nint address, nuint bytes)
    {
    }

    /// <summary>
    /// Records what <paramref name="work"/> issues instead of running it. It must have run before, so that its memory and kernels are there, and reads nothing back.
    /// </summary>
    /// <param name="work">Issues the work; what it does on the host happens once, now.</param>
    /// <param name="beside">Captured work whose memory this may use too; then a replay of one overwrites what the other left inside.</param>
    /// <exception cref="DeviceException">The device records nothing.</exception>
    public virtual CapturedWork Capture(Action work, CapturedWork? beside = null) => throw new DeviceException($"{Name} does not record work; cuda and sim do.");

    /// <summary>Returns the pool's free memory and releases what the device holds.</summary>
    public void Dispose()
    {
        Pool.Trim();
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Obtains memory from the device, aligned to at least 64 bytes.</summary>
    /// <exception cref="DeviceException">The device has too little memory.</exception>
    protected internal abstract nint Allocate(nuint bytes);

    /// <summary>Gives memory back to the device.</summary>
    protected internal abstract void Free(nint address, nuint bytes);

    /// <summary>Releases what the derived device holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private static class KernelIds
    {
        public static int Next;
    }

    private static class KernelId<T>
    {
        public static readonly int Value = Interlocked.Increment(ref KernelIds.Next) - 1;
    }
}

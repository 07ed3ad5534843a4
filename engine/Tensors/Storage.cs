namespace SiaEngine;

/// <summary>Reference-counted block of device memory. The object belongs to the pool and is reused with its block.</summary>
public sealed class Storage
{
    private int _references;

    internal Storage(MemoryPool pool) => Pool = pool;

    /// <summary>Device address of the first byte; on the CPU a pointer aligned to 64 bytes.</summary>
    public nint Address { get; internal set; }

    /// <summary>Size of the block, at least what was asked for.</summary>
    public nuint Bytes { get; internal set; }

    /// <summary>Number of tensors that hold the block.</summary>
    public int References => _references;

    internal MemoryPool Pool { get; }

    /// <summary>The captured work whose memory this is.</summary>
    internal MemoryReservation? Reservation { get; set; }

    internal void Retain() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) Pool.Return(this);
    }
}

namespace SiaEngine;

/// <summary>Reference-counted block of device memory. The object belongs to the pool and is reused with its block.</summary>
public sealed class Storage
{
    private int _references;

    internal Storage(MemoryPool pool, nint address, nuint bytes) => (Pool, Address, Bytes) = (pool, address, bytes);

    /// <summary>Device address of the first byte; on the CPU a pointer aligned to 64 bytes.</summary>
    public nint Address { get; }

    /// <summary>Size of the block, at least what was asked for.</summary>
    public nuint Bytes { get; }

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

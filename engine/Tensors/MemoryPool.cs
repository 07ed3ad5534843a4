using System.Numerics;

namespace SiaEngine;

/// <summary>
/// Pool of device memory in size classes: eight steps per power of two, so at most 12.5% of a block is unused. On a device that does not record work, whose
/// memory then has to stay apart, large blocks come from <see cref="FreeRanges"/> instead and are as large as asked for.
/// Blocks return at once when their last tensor is released; work on one stream needs no events for reuse.
/// </summary>
public sealed class MemoryPool
{
    private const int StepBits = 3;
    private const nuint Smallest = 256;
    private const nuint Large = 1 << 20;
    private const nuint LargeStep = 4096;

    private readonly Device _device;
    private readonly Lock _lock = new();
    private readonly Stack<Storage>?[] _free = new Stack<Storage>?[64 << StepBits];

    private readonly Stack<Storage> _spare = [];
    private readonly FreeRanges? _ranges;

    private MemoryReservation? _reserving;

    internal MemoryPool(Device device, bool recordsWork)
    {
        _device = device;
        if (!recordsWork) _ranges = new FreeRanges();
    }

    /// <summary>Bytes held by tensors now.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Largest <see cref="LiveBytes"/> since the start or the last <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes obtained from the device, in use or free.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Fills rented blocks with signalling bits, so that a read of unwritten memory shows as NaN.</summary>
    public bool Poison { get; set; }

    /// <summary>Starts a new peak measurement.</summary>
    public void ResetPeak() => PeakBytes = LiveBytes;

    /// <summary>Returns all free blocks to the device.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (var stack in _free)
            {
                while (stack is { Count: > 0 })
                {
                    var block = stack.Pop();
                    ReservedBytes -= (long)block.Bytes;
                    _device.Free(block.Address, block.Bytes);
                }
            }

            while (_ranges is not null && _ranges.TryRemovePiece(out var address, out var bytes))
            {
                ReservedBytes -= (long)bytes;
                _device.Free(address, bytes);
            }
        }
    }

    /// <summary>From here on blocks are rented for a reservation, a new one or one that captures share, until <see cref="EndReserving"/>.</summary>
    public MemoryReservation Reserve(MemoryReservation? shared = null)
    {
        lock (_lock)
        {
            if (_reserving is not null) throw new InvalidOperationException("work is being captured already");
            _reserving = shared ?? new MemoryReservation();
            _reserving.Hold();
            return _reserving;
        }
    }

    /// <summary>Ends what <see cref="Reserve"/> began.</summary>
    public void EndReserving()
    {
        lock (_lock) _reserving = null;
    }

    /// <summary>A capture gives its reservation up; with the last one the blocks become common again.</summary>
    public void Release(MemoryReservation reservation)
    {
        lock (_lock)
        {
            if (!reservation.Drop()) return;
            foreach (var block in reservation.Dissolve()) Common(SizeClass(block.Bytes).Index).Push(block);
        }
    }

    internal Storage Rent(nuint bytes)
    {
        var (index, size) = SizeClass(bytes);
        Storage? block;
        lock (_lock)
        {
            if (_ranges is not null && size >= Large) block = TakeLarge(nuint.Max(Large, (bytes + LargeStep - 1) & ~(LargeStep - 1)));
            else if (_reserving is not { } reserving || !reserving.TryTake(size, out block))
            {
                if (_free[index] is not { } stack || !stack.TryPop(out block))
                {
                    block = new Storage(this) { Address = _device.Allocate(size), Bytes = size };
                    ReservedBytes += (long)size;
                }

                _reserving?.Own(block);
            }

            LiveBytes += (long)block.Bytes;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
        }

        block.Retain();
        _device.Discard(block.Address, block.Bytes);
        if (Poison) _device.Fill(block.Address, 0xFF, block.Bytes);
        return block;
    }

    internal void Return(Storage block)
    {
        var (index, _) = SizeClass(block.Bytes);
        lock (_lock)
        {
            LiveBytes -= (long)block.Bytes;
            if (_ranges is not null && block.Bytes >= Large)
            {
                _ranges.Give(block.Address, block.Bytes);
                _spare.Push(block);
                return;
            }

            if (block.Reservation is null) _reserving?.Own(block);
            if (block.Reservation is { } reservation) reservation.Return(block);
            else Common(index).Push(block);
        }
    }

    private Storage TakeLarge(nuint size)
    {
        if (!_ranges!.TryTake(size, out var address))
        {
            var piece = _ranges.PieceFor(size);
            _ranges.Add(_device.Allocate(piece), piece);
            ReservedBytes += (long)piece;
            _ranges.TryTake(size, out address);
        }

        if (!_spare.TryPop(out var block)) block = new Storage(this);
        (block.Address, block.Bytes) = (address, size);
        return block;
    }

    private Stack<Storage> Common(int index) => _free[index] ??= new Stack<Storage>();

    /// <summary>Class index and block size for a request: the size is rounded up to 3 significant bits below its leading one.</summary>
    internal static (int Index, nuint Size) SizeClass(nuint bytes)
    {
        bytes = bytes < Smallest ? Smallest : bytes;
        var shift = BitOperations.Log2(bytes) - StepBits;
        var mantissa = (bytes + ((nuint)1 << shift) - 1) >> shift;
        if (mantissa == (nuint)2 << StepBits) (mantissa, shift) = ((nuint)1 << StepBits, shift + 1);
        return ((shift << StepBits) + (int)(mantissa - ((nuint)1 << StepBits)), mantissa << shift);
    }
}

using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>One access of one thread against the record of who touched the bytes before: is it ordered after them?</summary>
internal unsafe ref struct AccessCheck
{
    private readonly AccessTable _table;
    private readonly uint _tag;
    private readonly BlockMemory _block;
    private readonly long _first;
    private readonly bool _writes;
    private readonly bool _strong;
    private readonly int[] _own;
    private readonly ClockBase[] _bases;
    private int _thread;
    private ulong _epoch;

    /// <summary>Checks for the accesses of one instruction.</summary>
    /// <param name="table">Record of the memory.</param>
    /// <param name="tag">Launch or block whose records count.</param>
    /// <param name="block">The block.</param>
    /// <param name="first">Number of the block's first thread among those of the table.</param>
    /// <param name="writes">Whether it writes, perhaps after reading.</param>
    /// <param name="strong">Whether it is atomic, volatile, relaxed, acquire or release: such accesses do not race with each other.</param>
    public AccessCheck(AccessTable table, uint tag, BlockMemory block, long first, bool writes, bool strong) =>
        (_table, _tag, _block, _first, _writes, _strong, _own, _bases) = (table, tag, block, first, writes, strong, block.Clocks.OwnClocks, block.Clocks.Bases);

    /// <summary>Whether the access that raced was a write.</summary>
    public bool OtherWrote { get; private set; }

    /// <summary>Records an access. The result is the <see cref="Epoch"/> of an access that nothing orders before it, or 0.</summary>
    /// <param name="thread">Thread within the block.</param>
    /// <param name="pc">Instruction.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">Bytes, a power of two; the offset is a multiple of it.</param>
    /// <param name="old">The bytes in memory.</param>
    /// <param name="values">The bytes to be written, or null if not known: writing what is there already races with no other write.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Touch(int thread, int pc, nuint offset, int bytes, byte* old, byte* values) => Touch(thread, _own[thread], pc, offset, bytes, old, values);

    /// <summary>As above, at an earlier clock of the thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Touch(int thread, int clock, int pc, nuint offset, int bytes, byte* old, byte* values)
    {
        if (clock >= Epoch.Clocks || _first + thread >= Epoch.Threads) return 0;
        var epoch = Epoch.Pack(_first + thread, clock, pc, _strong);
        var record = _table.Records + (offset >> 2);
        if (bytes < 4)
        {
            var part = bytes == 2 && record->Tag == _tag && record->Split > 0 ? _table.Pair(record->Split) + (offset >> 1 & 1) : null;
            return part != null && Quick(part, thread, epoch) ? 0 : Slow(record, thread, epoch, offset, bytes, old, values);
        }

        var last = record + (bytes >> 2);
        var first = record;
        for (; record < last; record++)
        {
            if (Quick(record, thread, epoch)) continue;
            var done = (int)(record - first) * 4;
            var other = Slow(record, thread, epoch, offset + (nuint)done, 4, old + done, values == null ? null : values + done);
            if (other != 0) return other;
        }

        return 0;
    }

    /// <summary>
    /// The common case: a plain access to a record that is not split, after which no question is open that needs more than the last block barrier. A read that is kept
    /// although this one covers it does no harm: whoever is ordered after this one is ordered after that one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Quick(AccessRecord* record, int thread, ulong epoch)
    {
        if (record->Tag != _tag || record->Split > 0 || _strong) return false;
        var floor = _bases[thread].Floor;
        if (!IsBefore(record->Write, thread, floor)) return false;
        if (_writes)
        {
            if (!IsBefore(record->ReadA, thread, floor) || !IsBefore(record->ReadB, thread, floor)) return false;
            (record->Write, record->ReadA, record->ReadB) = (epoch, 0, 0);
            return true;
        }

        if (IsBefore(record->ReadA, thread, floor)) record->ReadA = epoch;
        else if (IsBefore(record->ReadB, thread, floor) || IsFarther(thread, record->ReadA, record->ReadB)) record->ReadB = epoch;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsBefore(ulong other, int thread, int floor)
    {
        if (other == 0) return true;
        var number = Epoch.Thread(other) - _first;
        return number == thread || (Epoch.Clock(other) <= floor && (ulong)number < (ulong)_own.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong Slow(AccessRecord* record, int thread, ulong epoch, nuint offset, int bytes, byte* old, byte* values)
    {
        (_thread, _epoch) = (thread, epoch);
        return Touch(record, 4, (int)(offset & 3), bytes, old, values);
    }

    private ulong Touch(AccessRecord* record, int unit, int at, int bytes, byte* old, byte* values)
    {
        if (record->Tag != _tag)
        {
            *record = new AccessRecord { Tag = _tag };
            if (bytes == unit)
            {
                if (_writes) record->Write = _epoch;
                else record->ReadA = _epoch;
                return 0;
            }
        }

        if (record->Split <= 0 && bytes == unit) return Apply(record, unit, old, values);
        if (record->Split <= 0)
        {
            if (record->Split == 0) record->Split = -_table.NewPair(_tag);
            record->Split = -record->Split;
            var half = new AccessRecord { Tag = _tag, Write = record->Write, ReadA = record->ReadA, ReadB = record->ReadB };
            var halves = _table.Pair(record->Split);
            (halves[0], halves[1]) = (half, half);
        }

        var pair = _table.Pair(record->Split);
        unit /= 2;
        var low = at < unit ? Math.Min(bytes, unit - at) : 0;
        if (low > 0 && Touch(pair, unit, at, low, old, values) is var first and not 0) return first;
        if (bytes > low && Touch(pair + 1, unit, at + low - unit, bytes - low, old + low, values == null ? null : values + low) is var second and not 0) return second;
        if (_writes && bytes == 2 * unit)
        {
            record->Split = -record->Split;
            (record->Write, record->ReadA, record->ReadB) = (_epoch, 0, 0);
            if (_strong) (record->ReadA, record->ReadB) = (pair[0].ReadA, pair[1].ReadA);
        }

        return 0;
    }

    private static (ulong A, ulong B) PlainOf(ulong write, ulong a, ulong b)
    {
        if (Epoch.IsStrong(write)) write = 0;
        if (Epoch.IsStrong(a)) a = 0;
        if (Epoch.IsStrong(b)) b = 0;
        if (write == 0) return a != 0 ? (a, b) : (b, 0);
        return (write, a != 0 ? a : b);
    }

    private ulong Apply(AccessRecord* record, int unit, byte* old, byte* values)
    {
        var write = record->Write;
        if (write != 0 && !Known(write) && !(_strong && Epoch.IsStrong(write)) && !(_writes && values != null && Same(unit, old, values)))
        {
            OtherWrote = true;
            return write;
        }

        var (a, b) = (record->ReadA, record->ReadB);
        if (_writes)
        {
            if (a != 0 && !Known(a) && !(_strong && Epoch.IsStrong(a))) return a;
            if (b != 0 && !Known(b) && !(_strong && Epoch.IsStrong(b))) return b;
            // Later strong accesses do not race with this one, but may with the plain ones before it.
            (record->Write, record->ReadA, record->ReadB) = (_epoch, 0, 0);
            if (_strong) (record->ReadA, record->ReadB) = PlainOf(write, a, b);
            return 0;
        }

        // A read that comes before this one is covered by it: whoever is ordered after this read is ordered after that one.
        if (a == 0 || Covered(a))
        {
            record->ReadA = _epoch;
            if (b != 0 && Covered(b)) record->ReadB = 0;
        }
        else if (b == 0 || Covered(b) || ((!_strong || Epoch.IsStrong(b)) && IsFarther(_thread, a, b)))
        {
            record->ReadB = _epoch;
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Covered(ulong epoch) => (!_strong || Epoch.IsStrong(epoch)) && Known(epoch);

    /// <summary>Whether this thread is at least as far from the one that read a as the one that read b: other block, other warp, other lane.</summary>
    private readonly bool IsFarther(int thread, ulong a, ulong b)
    {
        var (from, to) = (Epoch.Thread(a) - _first, Epoch.Thread(b) - _first);
        if ((ulong)from >= (ulong)_block.Threads) return true;
        if ((ulong)to >= (ulong)_block.Threads) return false;
        return from >> 5 != thread >> 5 || from >> 5 == to >> 5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Known(ulong epoch)
    {
        var number = Epoch.Thread(epoch);
        var other = number - _first;
        if (other == _thread) return true;
        if ((ulong)other < (ulong)_block.Threads) return _block.Clocks.Knows(_thread, (int)other, Epoch.Clock(epoch));
        return _block.Clocks.KnowsOther(_thread, number / _block.Threads, (int)(number % _block.Threads), Epoch.Clock(epoch));
    }

    private static bool Same(int unit, byte* a, byte* b) => unit switch
    {
        4 => *(uint*)a == *(uint*)b,
        2 => *(ushort*)a == *(ushort*)b,
        _ => *a == *b,
    };
}

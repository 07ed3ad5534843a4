using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// One <see cref="AccessRecord"/> per aligned 4-byte word of a memory. The first access to part of a word splits its record in halves, and those in bytes.
/// </summary>
internal sealed unsafe class AccessTable
{
    private const int ChunkBits = 12;

    private readonly AccessRecord[]? _collected;
    private readonly Lock _gate = new();
    private AccessRecord*[] _chunks = new AccessRecord*[4];
    private AccessRecord[]?[]? _collectedChunks;
    private int _pairs = 1;
    private uint _tag;

    /// <summary>Empty table for a number of bytes.</summary>
    /// <param name="bytes">Bytes of memory.</param>
    /// <param name="collected">Whether the garbage collector owns the records; else <see cref="Free"/> must be called.</param>
    public AccessTable(nuint bytes, bool collected = false)
    {
        if (collected)
        {
            _collected = GC.AllocateArray<AccessRecord>((int)(bytes / 4) + 1, pinned: true);
            _collectedChunks = new AccessRecord[_chunks.Length][];
            Records = (AccessRecord*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_collected));
        }
        else
        {
            Records = (AccessRecord*)NativeMemory.AllocZeroed(bytes / 4 + 1, (nuint)sizeof(AccessRecord));
        }
    }

    /// <summary>Records of the words.</summary>
    public AccessRecord* Records { get; private set; }

    /// <summary>The two halves behind a positive <see cref="AccessRecord.Split"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AccessRecord* Pair(int number) => _chunks[number >> ChunkBits] + 2 * (number & ((1 << ChunkBits) - 1));

    /// <summary>Numbers a new pair for a launch or block.</summary>
    public int NewPair(uint tag)
    {
        lock (_gate)
        {
            if (_tag != tag) (_tag, _pairs) = (tag, 1);
            var chunk = _pairs >> ChunkBits;
            if (chunk == _chunks.Length)
            {
                var larger = new AccessRecord*[2 * chunk];
                Array.Copy(_chunks, larger, chunk);
                if (_collectedChunks is not null) Array.Resize(ref _collectedChunks, 2 * chunk);
                Volatile.Write(ref _chunks, larger);
            }

            if (_chunks[chunk] == null) _chunks[chunk] = NewChunk(chunk);
            return _pairs++;
        }
    }

    /// <summary>Frees records that the collector does not own.</summary>
    public void Free()
    {
        if (_collected is not null) return;
        NativeMemory.Free(Records);
        Records = null;
        for (var i = 0; i < _chunks.Length; i++)
        {
            NativeMemory.Free(_chunks[i]);
            _chunks[i] = null;
        }
    }

    private AccessRecord* NewChunk(int chunk)
    {
        if (_collectedChunks is null) return (AccessRecord*)NativeMemory.Alloc(2 << ChunkBits, (nuint)sizeof(AccessRecord));
        var records = GC.AllocateUninitializedArray<AccessRecord>(2 << ChunkBits, pinned: true);
        _collectedChunks[chunk] = records;
        return (AccessRecord*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(records));
    }
}

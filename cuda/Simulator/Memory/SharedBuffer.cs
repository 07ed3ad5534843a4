using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Shared memory of one block at a time, with the record of who touched it.</summary>
internal sealed unsafe class SharedBuffer
{
    private readonly byte[] _data;
    private readonly ulong[] _written;
    private readonly ulong[] _pending;

    /// <summary>Buffer of a size.</summary>
    public SharedBuffer(int bytes)
    {
        Bytes = bytes;
        _data = GC.AllocateUninitializedArray<byte>(bytes + 16 + 256, pinned: true);
        _written = GC.AllocateArray<ulong>(bytes / 64 + 1, pinned: true);
        _pending = GC.AllocateArray<ulong>(bytes / 64 + 1, pinned: true);
        Table = new AccessTable((nuint)bytes, collected: true);
        var data = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_data));
        Data = (byte*)((nint)(data + 255) & ~255);
        Written = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_written));
        Pending = (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pending));
    }

    /// <summary>Size.</summary>
    public int Bytes { get; }

    /// <summary>The bytes, aligned to 256.</summary>
    public byte* Data { get; }

    /// <summary>Which bytes were written.</summary>
    public ulong* Written { get; }

    /// <summary>Which bytes an asynchronous copy has yet to fill.</summary>
    public ulong* Pending { get; }

    /// <summary>Who touched what.</summary>
    public AccessTable Table { get; }

    /// <summary>Number of blocks that had the buffer: tag of the records.</summary>
    public uint Tag { get; private set; }

    /// <summary>Makes everything undefined for the next block.</summary>
    public void Begin()
    {
        Tag++;
        Array.Clear(_written);
        Array.Clear(_pending);
    }
}

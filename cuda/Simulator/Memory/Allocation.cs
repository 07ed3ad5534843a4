using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>One allocation of global memory: its bytes, which of them were written, and the records of the running launch.</summary>
internal sealed unsafe class Allocation
{
    private readonly Lock _gate = new();
    private AccessTable? _table;

    /// <summary>Undefined bytes.</summary>
    public Allocation(ulong address, nuint bytes, string name, bool ofModule, bool readOnly)
    {
        (Address, Bytes, Name, OfModule, ReadOnly) = (address, bytes, name, ofModule, readOnly);
        Data = (byte*)NativeMemory.AlignedAlloc(nuint.Max(bytes, 1), 256);
        Written = ByteBits.Allocate(bytes);
    }

    /// <summary>First address.</summary>
    public ulong Address { get; }

    /// <summary>Size.</summary>
    public nuint Bytes { get; }

    /// <summary>What it is, for reports.</summary>
    public string Name { get; }

    /// <summary>A variable of a module: every kernel may touch it.</summary>
    public bool OfModule { get; }

    /// <summary>Const memory.</summary>
    public bool ReadOnly { get; }

    /// <summary>Whether it was freed; then only name and size are left.</summary>
    public bool Freed { get; private set; }

    /// <summary>The bytes.</summary>
    public byte* Data { get; private set; }

    /// <summary>Which bytes were written.</summary>
    public ulong* Written { get; private set; }

    /// <summary>Bytes read by the launch that counts them, or null.</summary>
    public ulong* TouchedRead { get; private set; }

    /// <summary>Bytes written by the launch that counts them, or null.</summary>
    public ulong* TouchedWritten { get; private set; }

    /// <summary>Record of who touched what, made when first needed.</summary>
    public AccessTable Table
    {
        get
        {
            if (Volatile.Read(ref _table) is { } table) return table;
            lock (_gate)
            {
                if (_table is null) Volatile.Write(ref _table, new AccessTable(Bytes));
                return _table!;
            }
        }
    }

    /// <summary>Starts counting distinct bytes afresh.</summary>
    public void CountTouched()
    {
        if (Freed) return;
        if (TouchedRead is null)
        {
            TouchedRead = ByteBits.Allocate(Bytes);
            TouchedWritten = ByteBits.Allocate(Bytes);
        }

        NativeMemory.Clear(TouchedRead, (Bytes / 64 + 1) * 8);
        NativeMemory.Clear(TouchedWritten, (Bytes / 64 + 1) * 8);
    }

    /// <summary>Ends counting.</summary>
    public void ForgetTouched()
    {
        NativeMemory.Free(TouchedRead);
        NativeMemory.Free(TouchedWritten);
        TouchedRead = null;
        TouchedWritten = null;
    }

    /// <summary>Frees the bytes.</summary>
    public void Free()
    {
        if (Freed) return;
        Freed = true;
        ForgetTouched();
        NativeMemory.AlignedFree(Data);
        NativeMemory.Free(Written);
        Data = null;
        Written = null;
        _table?.Free();
        _table = null;
    }
}

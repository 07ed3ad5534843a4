using System.Runtime.InteropServices;

namespace SiaEngine.Tests;

/// <summary>
/// Memory between two pages that nobody may touch: a kernel that reads or writes past either end of a tensor placed at that end stops the process.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private static readonly nuint Page = (nuint)Environment.SystemPageSize;

    private readonly byte* _mapping;
    private readonly nuint _mapped;
    private readonly byte* _first;
    private readonly nuint _capacity;

    /// <summary>Room for <paramref name="bytes"/> bytes between the guards.</summary>
    public GuardedMemory(int bytes)
    {
        _capacity = ((nuint)bytes + Page - 1) / Page * Page;
        _mapped = _capacity + 2 * Page;
        _mapping = Reserve(_mapped);
        _first = _mapping + Page;
        Open(_first, _capacity);
    }

    /// <summary>Tensor of NaNs (or −1) that touches the guard behind it, or the one before it; owned by the current scope, valid until this object is disposed.</summary>
    public Tensor Tensor(Shape shape, DType dtype, Device device, bool atEnd = true)
    {
        var bytes = (nuint)shape.Count * (nuint)dtype.Size;
        new Span<byte>(_first, (int)_capacity).Fill(0xFF);
        var storage = new Storage(device.Pool) { Address = (nint)_first, Bytes = _capacity };
        // One reference of its own, so that the pool never takes the block for its memory; one for the tensor.
        storage.Retain();
        storage.Retain();
        var cell = TensorCell.Rent(shape, dtype, device, storage, atEnd ? (nint)(_capacity - bytes) : 0);
        Scope.Own(cell);
        return new Tensor(cell);
    }

    /// <summary>Tensor with the given values that touches a guard.</summary>
    public Tensor Tensor(ReadOnlySpan<double> values, Shape shape, DType dtype, Device device, bool atEnd = true)
    {
        var x = Tensor(shape, dtype, device, atEnd);
        var source = GradientContext.Make(values, shape, dtype, device);
        device.Copy(source.Address, x.Address, x.Bytes);
        return x;
    }

    public void Dispose() => Release(_mapping, _mapped);

    private static byte* Reserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows()) return (byte*)Check(VirtualAlloc(null, bytes, 0x2000, 0x01));
        return (byte*)Check(Map(null, bytes, 0, OperatingSystem.IsLinux() ? 0x22 : 0x1002, -1, 0));
    }

    private static void Open(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows()) Check(VirtualAlloc(address, bytes, 0x1000, 0x04));
        else if (Protect(address, bytes, 3) != 0) throw new InvalidOperationException("mprotect failed.");
    }

    private static void Release(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!VirtualFree(address, 0, 0x8000)) throw new InvalidOperationException("VirtualFree failed.");
        }
        else if (Unmap(address, bytes) != 0) throw new InvalidOperationException("munmap failed.");
    }

    private static void* Check(void* address) =>
        address is not null && (nint)address != -1 ? address : throw new InvalidOperationException("guarded memory: the system gave none.");

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint bytes, int type, int protection);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualFree(void* address, nuint bytes, int type);
}

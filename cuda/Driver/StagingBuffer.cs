using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace SiaEngine.Cuda;

/// <summary>Page-locked host memory that copies from and to the host pass through, in two halves: while the device reads one, the host fills the other.</summary>
internal sealed class StagingBuffer
{
    /// <summary>Bytes of a half.</summary>
    public const int SlotBytes = 4 << 20;

    private readonly ManagedCudaDriver _driver;
    private readonly IntPtr _memory;
    private readonly CUevent[] _read = new CUevent[2];
    private readonly bool[] _issued = new bool[2];
    private int _slot;

    /// <summary>Allocates it.</summary>
    public StagingBuffer(ManagedCudaDriver driver)
    {
        _driver = driver;
        driver.Check(DriverAPINativeMethods.MemoryManagement.cuMemHostAlloc(ref _memory, 2 * SlotBytes, 0), "cuMemHostAlloc");
        for (var i = 0; i < 2; i++) driver.Check(DriverAPINativeMethods.Events.cuEventCreate(ref _read[i], CUEventFlags.DisableTiming), "cuEventCreate");
    }

    /// <summary>The half whose turn it is, once the device is done with it.</summary>
    public IntPtr Next()
    {
        _slot = 1 - _slot;
        if (_issued[_slot]) _driver.Check(DriverAPINativeMethods.Events.cuEventSynchronize(_read[_slot]), "cuEventSynchronize");
        _issued[_slot] = false;
        return _memory + _slot * SlotBytes;
    }

    /// <summary>Says that a copy out of the current half has been issued.</summary>
    public void Issued()
    {
        _driver.Check(DriverAPINativeMethods.Events.cuEventRecord(_read[_slot], _driver.Stream), "cuEventRecord");
        _issued[_slot] = true;
    }

    /// <summary>Frees it; nothing may be under way.</summary>
    public void Free()
    {
        foreach (var mark in _read) _ = DriverAPINativeMethods.Events.cuEventDestroy_v2(mark);
        _ = DriverAPINativeMethods.MemoryManagement.cuMemFreeHost(_memory);
    }
}

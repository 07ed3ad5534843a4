using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda;

/// <summary>
/// One argument of a kernel launch: 8 bytes of value, and for a tensor how many bytes the kernel may touch, which the simulator holds it to.
/// Arguments travel as <c>params ReadOnlySpan&lt;KernelArg&gt;</c>: nothing is boxed or allocated.
/// </summary>
public readonly struct KernelArg
{
    private KernelArg(ulong bits, int size, nuint extent) => (Bits, Size, Extent) = (bits, size, extent);

    /// <summary>The value, in the low bytes.</summary>
    public ulong Bits { get; }

    /// <summary>Bytes of the value: 4 or 8, as the kernel's parameter declares it.</summary>
    public int Size { get; }

    /// <summary>Bytes of memory behind an address; 0 for a number and for a tensor that is not given.</summary>
    public nuint Extent { get; }

    /// <summary>Address of a tensor.</summary>
    public static implicit operator KernelArg(Tensor tensor) => new((ulong)tensor.Address, 8, tensor.Bytes);

    /// <summary>Address of a tensor, 0 if there is none.</summary>
    public static implicit operator KernelArg(Tensor? tensor) => tensor is { } present ? (KernelArg)present : new KernelArg(0, 8, 0);

    /// <summary>Address of a gradient.</summary>
    public static implicit operator KernelArg(GradientSlot slot) => slot.Grad;

    /// <summary>A .u32 or .s32 parameter.</summary>
    public static implicit operator KernelArg(int value) => new((uint)value, 4, 0);

    /// <summary>A .u64 or .s64 parameter.</summary>
    public static implicit operator KernelArg(long value) => new((ulong)value, 8, 0);

    /// <summary>A .f32 parameter.</summary>
    public static implicit operator KernelArg(float value) => new(Unsafe.BitCast<float, uint>(value), 4, 0);

    /// <summary>A .f64 parameter.</summary>
    public static implicit operator KernelArg(double value) => new(Unsafe.BitCast<double, ulong>(value), 8, 0);

    /// <summary>Memory that is not a tensor, such as a word the device owns.</summary>
    public static KernelArg Memory(nint address, nuint bytes) => new((ulong)address, 8, bytes);
}

using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>A <see cref="CUlaunchConfig"/> as the driver reads it: 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeLaunchConfig
{
    public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
    public CUstream Stream;
    public CUlaunchAttribute* Attributes;
    public uint AttributeCount;
}

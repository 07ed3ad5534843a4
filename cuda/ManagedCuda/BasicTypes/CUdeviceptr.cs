using System.Runtime.InteropServices;

namespace ManagedCuda.BasicTypes;

/// <summary>An address in device memory, 64 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUdeviceptr
{
    public SizeT Pointer;

    public CUdeviceptr(SizeT pointer) => Pointer = pointer;
}

using System.Runtime.InteropServices;

namespace ManagedCuda.BasicTypes;

/// <summary>A device: its ordinal among those the driver shows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUdevice
{
    public int Pointer;
}

/// <summary>A context.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUcontext
{
    public IntPtr Pointer;
}

/// <summary>A loaded module.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUmodule
{
    public IntPtr Pointer;
}

/// <summary>A kernel of a module.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUfunction
{
    public IntPtr Pointer;
}

/// <summary>A stream.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUstream
{
    public IntPtr Pointer;
}

/// <summary>An event of a stream.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUevent
{
    public IntPtr Pointer;
}

/// <summary>A pool that streams allocate from.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUmemoryPool
{
    public IntPtr Pointer;
}

/// <summary>A captured graph.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUgraph
{
    public IntPtr Pointer;
}

/// <summary>A graph ready to launch.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CUgraphExec
{
    public IntPtr Pointer;
}

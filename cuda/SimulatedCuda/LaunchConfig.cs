namespace SiaEngine.SimulatedCuda;

/// <summary><c>CUlaunchConfig</c> of cuda.h, 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LaunchConfig
{
    public uint GridX, GridY, GridZ, BlockX, BlockY, BlockZ, SharedBytes;
    public nint Stream;
    public LaunchAttribute* Attributes;
    public uint Count;
}

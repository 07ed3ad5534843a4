namespace SiaEngine.SimulatedCuda;

/// <summary><c>CUDA_MEMCPY2D</c> of cuda.h, 128 bytes: a rectangle of rows between host and device.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PitchedCopy
{
    public nuint SourceX, SourceY;
    public uint SourceType;
    public nint SourceHost;
    public ulong SourceDevice;
    public nint SourceArray;
    public nuint SourcePitch;
    public nuint DestinationX, DestinationY;
    public uint DestinationType;
    public nint DestinationHost;
    public ulong DestinationDevice;
    public nint DestinationArray;
    public nuint DestinationPitch;
    public nuint Width, Height;

    private const uint Host = 1;
    private const uint Device = 2;
    private const uint Unified = 4;

    /// <summary>Address of a row of the source.</summary>
    public readonly ulong Source(nuint row) => Start(SourceType, SourceHost, SourceDevice) + (ulong)((SourceY + row) * SourcePitch + SourceX);

    /// <summary>Address of a row of the destination.</summary>
    public readonly ulong Destination(nuint row) => Start(DestinationType, DestinationHost, DestinationDevice) + (ulong)((DestinationY + row) * DestinationPitch + DestinationX);

    private static ulong Start(uint type, nint host, ulong device) => type switch
    {
        Host => (ulong)host,
        Device or Unified => device,
        _ => throw new CuException(CuResult.NotSupported, "the simulator has no CUDA arrays"),
    };
}

namespace SiaEngine.SimulatedCuda;

/// <summary><c>CUlaunchAttribute</c> of cuda.h, 72 bytes: an id and a union of 64 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct LaunchAttribute
{
    /// <summary>Cooperative launch.</summary>
    public const uint Cooperative = 2;

    /// <summary>Blocks of a cluster along x, y and z.</summary>
    public const uint ClusterDimension = 4;

    [FieldOffset(0)]
    public uint Id;

    [FieldOffset(8)]
    public uint X;

    [FieldOffset(12)]
    public uint Y;

    [FieldOffset(16)]
    public uint Z;
}

using System.Runtime.CompilerServices;

namespace ManagedCuda.BasicTypes;

/// <summary>What an attribute of a launch is about.</summary>
public enum CUlaunchAttributeID
{
    Ignore = 0,
    Cooperative = 2,
    ClusterDimension = 4,
    Priority = 8,
}

/// <summary>Value of an attribute: 64 bytes that its id gives a meaning; for a cluster, three words for blocks along x, y and z.</summary>
[InlineArray(8)]
public struct CUlaunchAttributeValue
{
    private ulong _word;
}

/// <summary>An attribute of a launch.</summary>
public struct CUlaunchAttribute
{
    public CUlaunchAttributeID id;
    public int pad;
    public CUlaunchAttributeValue value;
}

/// <summary>A launch with attributes.</summary>
public struct CUlaunchConfig
{
    public uint gridDimX;
    public uint gridDimY;
    public uint gridDimZ;
    public uint blockDimX;
    public uint blockDimY;
    public uint blockDimZ;
    public uint sharedMemBytes;
    public CUstream hStream;
    public CUlaunchAttribute[]? attrs;
}

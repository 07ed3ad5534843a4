namespace ManagedCuda.BasicTypes;

/// <summary>Status of a driver call; the values that are not named here travel as numbers.</summary>
public enum CUResult
{
    Success = 0,
    ErrorInvalidValue = 1,
    ErrorOutOfMemory = 2,
    ErrorNotInitialized = 3,
    ErrorDeinitialized = 4,
    ErrorNotSupported = 801,
}

/// <summary>Flags of cuInit.</summary>
[Flags]
public enum CUInitializationFlags : uint
{
    None = 0,
}

/// <summary>What a device can be asked for.</summary>
public enum CUDeviceAttribute
{
    MultiProcessorCount = 16,
    L2CacheSize = 38,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    MemoryPoolsSupported = 115,
}

/// <summary>What a function can be told.</summary>
public enum CUFunctionAttribute
{
    MaxDynamicSharedSizeBytes = 8,
}

/// <summary>Options of the PTX compiler in the driver.</summary>
public enum CUJITOption
{
    InfoLogBuffer = 3,
    InfoLogBufferSizeBytes = 4,
    ErrorLogBuffer = 5,
    ErrorLogBufferSizeBytes = 6,
}

/// <summary>Flags of cuMemHostAlloc.</summary>
[Flags]
public enum CUMemHostAllocFlags
{
    None = 0,
    Portable = 1,
    DeviceMap = 2,
    WriteCombined = 4,
}

/// <summary>Attributes of a memory pool.</summary>
public enum CUmemPool_attribute
{
    ReleaseThreshold = 4,
}

/// <summary>Flags of a stream.</summary>
[Flags]
public enum CUStreamFlags : uint
{
    None = 0,
    Default = 0,
    NonBlocking = 1,
}

/// <summary>Flags of an event.</summary>
[Flags]
public enum CUEventFlags
{
    Default = 0,
    BlockingSync = 1,
    DisableTiming = 2,
}

/// <summary>Which other calls a capture forbids.</summary>
public enum CUstreamCaptureMode
{
    Global = 0,
    Relaxed = 2,
}

/// <summary>Flags of a graph's instantiation.</summary>
[Flags]
public enum CUgraphInstantiate_flags : ulong
{
    None = 0,
}

/// <summary>Element types of library calls.</summary>
public enum cudaDataType
{
    CUDA_R_32F = 0,
    CUDA_R_64F = 1,
    CUDA_R_16F = 2,
    CUDA_R_16BF = 14,
}

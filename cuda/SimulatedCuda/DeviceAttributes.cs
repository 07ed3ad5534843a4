namespace SiaEngine.SimulatedCuda;

/// <summary>Device attributes (<c>CUdevice_attribute</c> of cuda.h) of a GPU model. Abilities that the simulator has not are 0, whatever the GPU can.</summary>
internal static class DeviceAttributes
{
    private const int Last = 140;

    /// <summary>The value of an attribute; 0 for what is not simulated.</summary>
    /// <exception cref="CuException">There is no such attribute.</exception>
    public static int Read(GpuModel gpu, int attribute) => attribute switch
    {
        1 => gpu.ThreadsPerBlock,
        2 or 3 => 1024,
        4 => 64,
        5 => int.MaxValue,
        6 or 7 => 65535,
        8 => 48 << 10,
        9 => 64 << 10,
        10 => 32,
        11 => int.MaxValue,
        12 => gpu.RegistersPerSm,
        13 => ClockKilohertz(gpu),
        14 or 30 => 512,
        15 => 1,
        16 => gpu.Multiprocessors,
        19 => 1,
        36 => (int)(gpu.Bandwidth * 8 / 2 / BusBits(gpu) / 1000),
        37 => BusBits(gpu),
        38 => (int)gpu.L2Bytes,
        39 => gpu.ThreadsPerSm,
        40 => 2,
        41 => 1,
        51 => 32,
        75 => gpu.Major,
        76 => gpu.Minor,
        78 or 79 or 80 => 1,
        81 => gpu.SharedPerSm,
        82 => gpu.RegistersPerSm,
        87 => gpu is { Major: 8, Minor: 0 } or { Major: 9 } ? 2 : 64,
        97 => gpu.SharedPerBlock,
        99 => 1,
        106 => gpu.BlocksPerSm,
        111 => gpu.SharedReserved,
        115 => 1,
        >= 1 and <= Last => 0,
        _ => throw new CuException(CuResult.InvalidValue),
    };

    // Two operations per lane and cycle: 64 lanes per multiprocessor on sm_80, 128 on the others.
    private static int ClockKilohertz(GpuModel gpu) => (int)(gpu.Flops / gpu.Multiprocessors / (gpu is { Major: 8, Minor: 0 } ? 64 : 128) / 2 / 1000);

    private static int BusBits(GpuModel gpu) => gpu switch
    {
        { Major: 9 } => 6144,
        { Major: 8, Minor: 0 } => 5120,
        _ => 384,
    };
}

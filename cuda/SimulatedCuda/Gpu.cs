using System.Globalization;

namespace SiaEngine.SimulatedCuda;

/// <summary>
/// The one device, set up by the environment: <c>SIA_SIM_GPU</c> (sm_80, sm_86, sm_89 or sm_90, the default), <c>SIA_SIM_MEMORY</c> (MiB of device memory),
/// <c>SIA_SIM_CHECKS=0</c> (no checks for races and unwritten memory), <c>SIA_SIM_SCHEDULE</c> (seed of a random order of blocks and warps),
/// <c>SIA_SIM_LEAKS=1</c> (tell what was not freed when a context ends).
/// </summary>
internal static class Gpu
{
    /// <summary>Version of the driver that is simulated: CUDA 12.4, PTX ISA 8.4.</summary>
    public const int DriverVersion = 12040;

    private const int LeastMemory = 1 << 20;

    private static Context? _primary;
    private static int _retained;

    /// <summary>Whether <c>cuInit</c> has succeeded.</summary>
    public static bool IsInitialised { get; private set; }

    /// <summary>The GPU whose limits hold.</summary>
    public static GpuModel Model { get; private set; } = GpuModel.H200;

    /// <summary>Device memory, bytes.</summary>
    public static nuint MemoryBytes { get; private set; }

    /// <summary>Device memory in use by all contexts, bytes.</summary>
    public static nuint UsedBytes { get; set; }

    /// <summary>Pool of <c>cuMemAllocAsync</c>.</summary>
    public static Pool Pool { get; } = new();

    /// <summary>Handle of the pool.</summary>
    public static nint PoolHandle { get; } = Handles.Add(Pool);

    /// <summary>Flags of the primary context.</summary>
    public static uint PrimaryFlags { get; private set; }

    /// <summary>Whether somebody holds the primary context.</summary>
    public static bool IsPrimaryActive => _retained > 0;

    /// <summary>Whether to tell what was not freed when a context ends.</summary>
    public static bool ReportsLeaks { get; } = Environment.GetEnvironmentVariable("SIA_SIM_LEAKS") is "1";

    /// <summary>Name of the device.</summary>
    public static string Name => $"simulated {Model.Architecture}";

    /// <summary>Reads the environment.</summary>
    public static CuResult Initialise()
    {
        if (IsInitialised) return CuResult.Success;
        if (Environment.GetEnvironmentVariable("SIA_SIM_GPU") is { Length: > 0 } architecture)
        {
            try
            {
                Model = GpuModel.Find(architecture);
            }
            catch (DeviceException e)
            {
                throw new CuException(CuResult.NoDevice, $"SIA_SIM_GPU: {e.Message}");
            }
        }

        MemoryBytes = (nuint)Math.Max(LeastMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
        if (Number("SIA_SIM_MEMORY") is { } mebibytes) MemoryBytes = (nuint)Math.Max(1, mebibytes) << 20;
        IsInitialised = true;
        return CuResult.Success;
    }

    /// <summary>A driver for a new context.</summary>
    public static SimulatedDriver NewDriver() => new(Model)
    {
        Memory = new GlobalMemory(Context.FirstAllocation),
        Checks = Environment.GetEnvironmentVariable("SIA_SIM_CHECKS") is not "0",
        Schedule = Number("SIA_SIM_SCHEDULE") is { } seed ? Schedule.Shuffled((int)seed) : Schedule.InOrder,
    };

    /// <summary>Only device 0 is there.</summary>
    public static void Require(int device)
    {
        if (device != 0) throw new CuException(CuResult.InvalidDevice);
    }

    /// <summary>The primary context, made at the first call.</summary>
    public static Context Retain()
    {
        _primary ??= new Context(PrimaryFlags, isPrimary: true);
        _retained++;
        return _primary;
    }

    /// <summary>The last release destroys the primary context.</summary>
    public static CuResult Release()
    {
        if (_retained == 0) return CuResult.InvalidContext;
        if (--_retained == 0) Reset();
        return CuResult.Success;
    }

    /// <summary>Destroys the primary context, whoever holds it.</summary>
    public static void Reset()
    {
        _primary?.Destroy();
        (_primary, _retained) = (null, 0);
    }

    /// <summary>Sets the flags of the primary context.</summary>
    public static void SetFlags(uint flags) => PrimaryFlags = flags;

    private static long? Number(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text) return null;
        return long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CuException(CuResult.InvalidValue, $"{variable}={text} is not a number");
    }
}

using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests;

/// <summary>The devices that every op is compared on with the CPU's float64: the simulator, or with SIA_TEST_DEVICE=cuda the GPU of this machine.</summary>
internal static class Devices
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Environment.GetEnvironmentVariable("SIA_TEST_DEVICE") is { Length: > 0 } name ? name : "sim"];

    /// <summary>A new device of the first name.</summary>
    public static CudaDevice Open() => Open(Names[0]);

    /// <summary>A new device with this name.</summary>
    public static CudaDevice Open(string name) => name switch
    {
        "sim" => SimulatedDevice.Create(),
        "cuda" => ManagedCudaDevice.Open(),
        _ => throw new ArgumentException($"SIA_TEST_DEVICE takes sim or cuda, not '{name}'"),
    };

    /// <summary>Lets the thread that runs a test use a device that another one opened.</summary>
    public static CudaDevice Use(CudaDevice device)
    {
        if (device.Driver is ManagedCudaDriver driver) driver.TakeOver();
        return device;
    }
}

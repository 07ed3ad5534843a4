using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests;

/// <summary>The devices that every op is compared on with the CPU's float64.</summary>
internal static class Devices
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sim"];

    /// <summary>A new device with this name.</summary>
    public static CudaDevice Open(string name) => name == "sim" ? SimulatedDevice.Create() : throw new ArgumentException($"no device '{name}'");
}

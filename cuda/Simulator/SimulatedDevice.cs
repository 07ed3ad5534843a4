namespace SiaEngine.Cuda.Simulator;

/// <summary>The device <c>sim</c>: kernels and matrix products over a <see cref="SimulatedDriver"/>.</summary>
public static class SimulatedDevice
{
    /// <summary>A new simulated device.</summary>
    public static CudaDevice Create(GpuModel? model = null) => Create(new SimulatedDriver(model));

    /// <summary>A device over a driver, which it disposes.</summary>
    public static CudaDevice Create(SimulatedDriver driver) => new("sim", driver, new SimulatedBlas(driver.Memory, driver));
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>The device <c>sim</c>: kernels and matrix products over a <see cref="SimulatedDriver"/>.</summary>
public static class SimulatedDevice
{
    /// <summary>A new simulated device.</summary>
    public static CudaDevice Create(GpuModel? model = null)
    {
        var driver = new SimulatedDriver(model);
        return new CudaDevice("sim", driver, new SimulatedBlas(driver.Memory));
    }
}

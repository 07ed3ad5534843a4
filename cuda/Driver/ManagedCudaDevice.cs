namespace SiaEngine.Cuda;

/// <summary>The device <c>cuda</c>: kernels and cuBLAS over a <see cref="ManagedCudaDriver"/>.</summary>
public static class ManagedCudaDevice
{
    /// <summary>Oldest compute capability the kernels are written for: bf16 arithmetic and asynchronous copies.</summary>
    public const int OldestMajor = 8;

    /// <summary>Opens a GPU.</summary>
    /// <param name="ordinal">Its number among those the driver shows.</param>
    /// <param name="tf32">Whether products of f32 matrices may round their operands to TF32.</param>
    /// <exception cref="DeviceException">There is no driver, no cuBLAS, or no GPU new enough; the message says what was looked for.</exception>
    public static CudaDevice Open(int ordinal = 0, bool tf32 = false)
    {
        var driver = new ManagedCudaDriver(ordinal);
        try
        {
            if (driver.ComputeCapability.Major < OldestMajor)
                throw new DeviceException($"{driver.DeviceName} has compute capability {driver.ComputeCapability.Major}.{driver.ComputeCapability.Minor}; the kernels need {OldestMajor}.0");
            return new CudaDevice("cuda", driver, new CuBlas(driver, tf32));
        }
        catch
        {
            driver.Dispose();
            throw;
        }
    }
}

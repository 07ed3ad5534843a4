namespace SiaEngine.Cuda.Simulator;

/// <summary>The device <c>sim</c>: kernels and matrix products over a <see cref="SimulatedDriver"/>.</summary>
public static class SimulatedDevice
{
    /// <summary>A new simulated device.</summary>
    public static CudaDevice Create(GpuModel? model = null)
    {
        var driver = new SimulatedDriver(model);
        return new CudaDevice("sim", driver, new NoBlas());
    }

    private sealed class NoBlas : IBlas
    {
        public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c, int batch) =>
            throw new NotSupportedException("the simulated device has no matrix products");

        public void Dispose()
        {
        }
    }
}

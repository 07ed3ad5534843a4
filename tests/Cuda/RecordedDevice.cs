using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda;

/// <summary>A simulated device without matrix products that remembers every launch; the tests of a class may share it, so that kernels are read once.</summary>
public sealed class RecordedDevice : IDisposable
{
    public RecordedDevice()
    {
        Driver = new SimulatedDriver { Launched = Runs.Add };
        Device = new CudaDevice("sim", Driver, new NoBlas());
        Device.Pool.Poison = true;
    }

    public CudaDevice Device { get; }

    public SimulatedDriver Driver { get; }

    public List<KernelRun> Runs { get; } = [];

    public void Dispose() => Device.Dispose();

    private sealed class NoBlas : IBlas
    {
        public void Gemm(bool transposeA, bool transposeB, int m, int n, int k, float alpha, in BlasMatrix a, in BlasMatrix b, float beta, in BlasMatrix c,
            int batch) => throw new NotSupportedException("this test has no matrix products");

        public void Dispose()
        {
        }
    }
}

using SiaEngine.Cuda;

namespace SiaEngine.Train.Kernels;

/// <summary>Times of all kernels on a device.</summary>
/// <param name="CopyGigabytesPerSecond">Measured rate of copies within the device, read and written bytes.</param>
/// <param name="CublasF32">Measured rate of a square product in f32, TFLOP/s.</param>
/// <param name="CublasBf16">The same in bf16.</param>
/// <param name="Kernels">Kernels and products.</param>
public sealed record KernelTimes(double CopyGigabytesPerSecond, double CublasF32, double CublasBf16, IReadOnlyList<KernelTiming> Kernels)
{
    /// <summary>Times every kernel.</summary>
    /// <param name="device">A device of kernels; its driver and BLAS are used, its pool is not.</param>
    /// <param name="full">Whether at extents that fill a GPU.</param>
    /// <param name="repetitions">Timed launches of each case, after one that is not timed.</param>
    /// <param name="progress">Told what is being timed.</param>
    internal static KernelTimes Measure(CudaDevice device, bool full, int repetitions, Action<string> progress)
    {
        using var clock = new LaunchClock(device.Driver, full ? 2 * (nuint)(device.Driver as ManagedCudaDriver)!.L2Bytes : 4096);
        using var timed = new CudaDevice(device.Name, new TimedDriver(device.Driver, clock), new TimedBlas(device.Blas, clock));
        foreach (var (name, run) in new KernelSweep(timed, full ? SweepSize.Full : SweepSize.Tiny).Parts)
        {
            progress($"timing {name}");
            for (var i = -1; i < repetitions; i++)
            {
                clock.Running = i >= 0;
                using var scope = Scope.Enter();
                run();
            }

            timed.Pool.Trim();
        }

        var all = clock.Results();
        double Rate(string name, DType dtype, Func<KernelTiming, double> rate) => all.Where(t => t.Name == name && t.DType == dtype).Select(rate).DefaultIfEmpty(0).Max();
        var copy = Rate("copy", DType.F32, t => t.Bytes / t.MedianUs / 1e3);
        var (f32, bf16) = (Rate("gemm", DType.F32, t => t.Flops / t.MedianUs / 1e6), Rate("gemm", DType.BF16, t => t.Flops / t.MedianUs / 1e6));
        return new KernelTimes(Math.Round(copy, 3), Math.Round(f32, 6), Math.Round(bf16, 6),
        [
            .. all.Select(t => t with
            {
                PercentOfCopy = Math.Round(100 * t.Bytes / t.MedianUs / 1e3 / copy, 1),
                PercentOfCublas = Math.Round(100 * t.Flops / t.MedianUs / 1e6 / (t.Name == "gemm" && t.DType == DType.F32 || !t.Name.Contains("bf16", StringComparison.Ordinal) && t.Name != "gemm" ? f32 : bf16), 1),
            }).OrderBy(t => t.Name, StringComparer.Ordinal).ThenBy(t => t.Case, StringComparer.Ordinal),
        ]);
    }
}

using SiaEngine.Cuda;
using SiaEngine.Train.Commands;

namespace SiaEngine.Train.Kernels;

/// <summary>Where the time of a training step on a device of kernels goes.</summary>
/// <param name="StepMs">Median time of a step, by the clock of the host, milliseconds.</param>
/// <param name="Kernels">Kernels and products, the longest first. Their times add up to less than a step where the device waits for the host.</param>
internal sealed record StepProfile(double StepMs, IReadOnlyList<KernelShare> Kernels)
{
    /// <summary>Runs steps untimed, then with events of the device around every launch.</summary>
    /// <param name="device">Its driver and BLAS are used, its pool is not.</param>
    /// <param name="steps">Steps that are measured each way, after two that warm up.</param>
    /// <param name="create">The step to run.</param>
    public static StepProfile Measure(CudaDevice device, int steps, Func<Device, TimedStep> create)
    {
        using var clock = new LaunchClock(device.Driver, flushBytes: 0) { Running = false };
        using var timed = new CudaDevice(device.Name, new TimedDriver(device.Driver, clock), new TimedBlas(device.Blas, clock));
        using var step = create(timed);
        var seconds = new Stopwatches(2, steps, 0, CancellationToken.None, 0).Measure(step.Run);
        clock.Running = true;
        for (var i = 0; i < steps; i++) step.Run();

        var stepMs = 1e3 * seconds[seconds.Length / 2];
        var kernels = clock.Results().GroupBy(timing => timing.Name == "gemm" ? $"gemm {timing.Case}" : timing.Name).Select(group =>
        {
            var us = group.Sum(t => t.TotalUs);
            double Rate(Func<KernelTiming, double> work) => group.Sum(t => t.Runs * work(t)) / us;
            return new KernelShare(group.Key, group.Sum(t => t.Runs) / (double)steps, Math.Round(us / steps / 1e3, 4), Math.Round(us / steps / 10 / stepMs, 2), Math.Round(Rate(t => t.Bytes) / 1e3, 1), Math.Round(Rate(t => t.Flops) / 1e6, 3));
        });
        return new StepProfile(Math.Round(stepMs, 4), [.. kernels.OrderByDescending(kernel => kernel.Milliseconds)]);
    }
}

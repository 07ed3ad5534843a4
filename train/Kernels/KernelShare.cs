namespace SiaEngine.Train.Kernels;

/// <summary>One kernel's part of a training step.</summary>
/// <param name="Name">Name of the kernel, or gemm with its shape.</param>
/// <param name="Launches">Launches per step.</param>
/// <param name="Milliseconds">Time of all of them, per step.</param>
/// <param name="Percent">Share of the step.</param>
/// <param name="GigabytesPerSecond">Bytes of its header over its time.</param>
/// <param name="TeraflopsPerSecond">Operations of its header over its time.</param>
internal sealed record KernelShare(string Name, double Launches, double Milliseconds, double Percent, double GigabytesPerSecond, double TeraflopsPerSecond);

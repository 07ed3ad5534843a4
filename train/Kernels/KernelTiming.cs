using System.Text.Json.Serialization;

namespace SiaEngine.Train.Kernels;

/// <summary>How long a kernel or a product of cuBLAS takes, and what share that is of what the device can do.</summary>
/// <param name="Name">Name of the kernel, or gemm.</param>
/// <param name="Case">Grid and numbers it was called with.</param>
/// <param name="Runs">Timed launches.</param>
/// <param name="MedianUs">Median time, microseconds.</param>
/// <param name="MinUs">Shortest time.</param>
/// <param name="Bytes">Distinct bytes read and written, from the kernel's header.</param>
/// <param name="Flops">Operations, from the header.</param>
public sealed record KernelTiming(string Name, string Case, int Runs, double MedianUs, double MinUs, double Bytes, double Flops)
{
    /// <summary>Bytes per second in GB.</summary>
    public double GigabytesPerSecond => Math.Round(Bytes / MedianUs / 1e3, 1);

    /// <summary>Operations per second in TFLOP.</summary>
    public double TeraflopsPerSecond => Math.Round(Flops / MedianUs / 1e6, 6);

    /// <summary>Share of the measured rate of copies within the device, percent.</summary>
    public double PercentOfCopy { get; init; }

    /// <summary>Share of the measured rate of cuBLAS in the operands' type, percent.</summary>
    public double PercentOfCublas { get; init; }

    /// <summary>Time of all launches together, microseconds.</summary>
    [JsonIgnore]
    public double TotalUs { get; init; }

    /// <summary>Operand type of a product.</summary>
    [JsonIgnore]
    public DType DType { get; init; }
}

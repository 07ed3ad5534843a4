using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SiaEngine.Cpu;

namespace SiaEngine.Train.Bench;

/// <summary>The machine of a measurement: processor, cores, vectors, memory, and what its multiply-adds and memory reach.</summary>
internal static class MachineReport
{
    /// <summary>The processor's name.</summary>
    public static string Name { get; } = ProcessorName();

    /// <summary>The machine with its bounds, measured now.</summary>
    public static JsonObject Measure(SuiteSettings settings)
    {
        var bounds = MachineBounds.Measure();
        return new JsonObject
        {
            ["machine"] = Name,
            ["cores"] = Environment.ProcessorCount,
            ["vector_bits"] = MachineBounds.VectorBits,
            ["memory_mib"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
            ["system"] = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            ["version"] = TrainingRun.Version,
            ["threads"] = settings.Threads,
            ["quick"] = settings.Quick,
            ["fma_one_thread_gflops"] = Math.Round(bounds.FmaOneThread, 1),
            ["fma_all_threads_gflops"] = Math.Round(bounds.FmaAllThreads, 1),
            ["read_one_thread_gb_per_s"] = Math.Round(bounds.ReadOneThread, 1),
            ["read_all_threads_gb_per_s"] = Math.Round(bounds.ReadAllThreads, 1),
        };
    }

    /// <summary>The machine in a sentence.</summary>
    public static string Sentence(JsonObject machine) => string.Create(CultureInfo.InvariantCulture,
        $"{machine["machine"]}, {machine["cores"]} cores, {machine["vector_bits"]}-bit vectors, {machine["memory_mib"]} MiB of memory; {machine["system"]}; {machine["date"]} UTC, version {machine["version"]}. "
        + $"Measured bounds: multiply-adds {machine["fma_one_thread_gflops"]} GFLOP/s on one thread, {machine["fma_all_threads_gflops"]} on {machine["threads"]}; reading memory {machine["read_one_thread_gb_per_s"]} GB/s on one thread, {machine["read_all_threads_gb_per_s"]} on {machine["threads"]}.");

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(static text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

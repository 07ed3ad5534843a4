using System.Runtime.InteropServices;

namespace SiaEngine.Train;

/// <summary>Looks for the native libraries of a GPU, telling every name tried.</summary>
public static class NativeLibraries
{
    /// <summary>Names of the CUDA driver.</summary>
    public static IReadOnlyList<string> Driver { get; } = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    /// <summary>Names of cuBLAS.</summary>
    public static IReadOnlyList<string> Blas { get; } = OperatingSystem.IsWindows() ? ["cublas64_13.dll", "cublas64_12.dll"] : ["libcublas.so.13", "libcublas.so.12", "libcublas.so"];

    /// <summary>The first name that loads, or null.</summary>
    public static string? Find(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var handle)) continue;
            NativeLibrary.Free(handle);
            return name;
        }

        return null;
    }

    /// <summary>Why <c>--device cuda</c> does not run here, in one line.</summary>
    public static string Missing() => Find(Driver) is { } driver
        ? $"--device cuda: the driver {driver} is there, but this build holds no CUDA backend yet; use --device cpu"
        : $"--device cuda: no NVIDIA driver; looked for {string.Join(", ", Driver)} on the library search path; use --device cpu";
}

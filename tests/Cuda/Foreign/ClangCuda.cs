using System.Diagnostics;

namespace SiaEngine.Tests.Cuda.Foreign;

/// <summary>clang as a CUDA compiler, without NVIDIA's headers and libraries: <c>clang.h</c> declares what the kernels use.</summary>
internal static class ClangCuda
{
    /// <summary>The compiler, or null.</summary>
    public static string? Program { get; } = Find();

    /// <summary>Why there is none.</summary>
    public const string Missing = "clang-14 is not installed";

    /// <summary>PTX of a file, for sm_80.</summary>
    public static string Compile(string file, string level)
    {
        var header = Path.Combine(Path.GetDirectoryName(file)!, "clang.h");
        string[] arguments = ["-x", "cuda", "--cuda-device-only", "--cuda-gpu-arch=sm_80", "-nocudainc", "-nocudalib", level, "-S", "-Xclang", "-target-feature", "-Xclang",
            "+ptx75", "-w", "-include", header, file, "-o", "-"];
        using var process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{file}: {errors.Result}");
    }

    private static string? Find()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            if (File.Exists(Path.Combine(folder, "clang-14"))) return Path.Combine(folder, "clang-14");
        return null;
    }
}

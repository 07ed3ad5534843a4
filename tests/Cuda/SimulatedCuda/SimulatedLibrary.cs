using System.Diagnostics;

namespace SiaEngine.Tests.Cuda.SimulatedCuda;

/// <summary>The libraries of <c>artifacts/simcuda</c>, built once if their sources are newer, and programs that run with them.</summary>
public sealed class SimulatedLibrary
{
    private static readonly Lazy<string?> Built = new(Build);

    /// <summary>Where the libraries lie.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "artifacts", "simcuda");

    /// <summary>Where the tests' own sources lie.</summary>
    public static string Sources { get; } = Path.Combine(Repository.Root, "tests", "Cuda", "SimulatedCuda");

    /// <summary>Skips the test, with the reason, where the libraries cannot be built.</summary>
    public static void Require() => Assert.SkipWhen(Built.Value is not null, Built.Value ?? "");

    /// <summary>Runs a program that finds the simulated libraries.</summary>
    public static (int Code, string Output, string Error) Run(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        start.Environment["LD_LIBRARY_PATH"] = Folder;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static string? Build()
    {
        if (!OperatingSystem.IsLinux()) return "the simulated driver is a Linux library";
        if (!OnPath("bash") || !OnPath("gcc")) return "bash or gcc is not installed";
        var (code, output, error) = Run("bash", [Path.Combine(Repository.Root, ".ci", "simcuda")]);
        return code switch
        {
            0 => null,
            3 => error.Trim(),
            _ => throw new InvalidOperationException($".ci/simcuda failed with {code}:\n{output}\n{error}"),
        };
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

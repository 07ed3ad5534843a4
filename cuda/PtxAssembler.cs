using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SiaEngine.Cuda;

/// <summary>NVIDIA's PTX assembler, ptxas, which needs no GPU: is a file legal, and how many registers does it take.</summary>
/// <remarks>Looked for in the variable SIA_PTXAS, in <c>.cuda-tools/bin</c> of the working directory and of the program's directory and all above, and on PATH.</remarks>
public sealed partial class PtxAssembler
{
    private static readonly string Executable = OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas";

    private PtxAssembler(string path) => Path = path;

    /// <summary>The program.</summary>
    public string Path { get; }

    /// <summary>The assembler of this machine, or null if there is none.</summary>
    public static PtxAssembler? Find()
    {
        if (Environment.GetEnvironmentVariable("SIA_PTXAS") is { Length: > 0 } named) return File.Exists(named) ? new PtxAssembler(named) : null;
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (System.IO.Path.Combine(folder.FullName, ".cuda-tools", "bin", Executable) is var path && File.Exists(path)) return new PtxAssembler(path);
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            if (System.IO.Path.Combine(folder, Executable) is var path && File.Exists(path)) return new PtxAssembler(path);
        return null;
    }

    /// <summary>Whether a file may be assembled for an architecture: its <c>.target</c> is not newer.</summary>
    public static bool Accepts(PtxSource source, string architecture) => Number(TargetLine().Match(source.Text).Groups[1].Value) <= Number(architecture);

    /// <summary>Assembles a file; what becomes of each kernel, by name.</summary>
    /// <param name="source">The file.</param>
    /// <param name="architecture">As <c>sm_80</c>.</param>
    /// <exception cref="PtxException">The assembler refuses it; the message is its first error, at the line of the file.</exception>
    public IReadOnlyDictionary<string, AssembledKernel> Assemble(PtxSource source, string architecture)
    {
        var folder = Directory.CreateTempSubdirectory("sia-ptxas-");
        try
        {
            var input = System.IO.Path.Combine(folder.FullName, "in.ptx");
            File.WriteAllText(input, source.Text);
            var (exit, output) = Run([$"-arch={architecture}", "-v", input, "-o", System.IO.Path.Combine(folder.FullName, "out.cubin")]);
            return exit == 0 ? Report(output) : throw new PtxException(PtxDiagnostics.FirstError(source, $"ptxas for {architecture}", output));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private (int Exit, string Output) Run(string[] arguments)
    {
        var start = new ProcessStartInfo(Path) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start) ?? throw new PtxException($"{Path} cannot be started");
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error.GetAwaiter().GetResult() + output);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PtxException($"{Path} cannot be started: {e.Message}", e);
        }
    }

    private static Dictionary<string, AssembledKernel> Report(string output)
    {
        var kernels = new Dictionary<string, AssembledKernel>(StringComparer.Ordinal);
        var (compiled, described) = ("", "");
        foreach (var line in output.Split('\n'))
        {
            if (CompilingLine().Match(line) is { Success: true } compiling)
            {
                compiled = described = compiling.Groups[1].Value;
                kernels[compiled] = new AssembledKernel(compiled, 0, 0, 0, 0, 0);
            }
            else if (PropertiesLine().Match(line) is { Success: true } properties) described = properties.Groups[1].Value;
            else if (FrameLine().Match(line) is { Success: true } frame)
                kernels[described] = kernels.GetValueOrDefault(described) with { Name = described, Stack = Value(frame, 1), SpillStores = Value(frame, 2), SpillLoads = Value(frame, 3) };
            else if (RegistersLine().Match(line) is { Success: true } used && compiled.Length > 0)
                kernels[compiled] = kernels[compiled] with { Registers = Value(used, 1), SharedBytes = SharedPart().Match(line) is { Success: true } shared ? Value(shared, 1) : 0 };
        }
        return kernels;
    }

    private static int Value(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static int Number(string architecture)
    {
        var end = "sm_".Length;
        while (end < architecture.Length && char.IsAsciiDigit(architecture[end])) end++;
        return architecture.StartsWith("sm_", StringComparison.Ordinal) && int.TryParse(architecture.AsSpan(3, end - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    [GeneratedRegex(@"^\s*\.target\s+(sm_\w+)", RegexOptions.Multiline)]
    private static partial Regex TargetLine();

    [GeneratedRegex("Compiling entry function '([^']+)'")]
    private static partial Regex CompilingLine();

    [GeneratedRegex(@"Function properties for (\S+)")]
    private static partial Regex PropertiesLine();

    [GeneratedRegex(@"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")]
    private static partial Regex FrameLine();

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex RegistersLine();

    [GeneratedRegex(@"(\d+) bytes smem")]
    private static partial Regex SharedPart();
}

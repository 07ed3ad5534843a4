using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SiaEngine.Train.Commands;

/// <summary>Runs another program that prints a timed case as a JSON line.</summary>
internal static class PeerRun
{
    /// <summary>The line of a shell command.</summary>
    /// <exception cref="DeviceException">It failed, or printed none.</exception>
    /// <exception cref="OperationCanceledException">Stopped meanwhile.</exception>
    public static JsonObject Shell(string command, CancellationToken stop)
    {
        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", ["/c", command]) : new ProcessStartInfo("/bin/sh", ["-c", command]);
        var (code, output, _) = Output(start, captureError: false, stop);
        return code == 0 ? Line(output, command) : throw new DeviceException($"--compare: exit code {code} from '{command}'");
    }

    /// <summary>The line of this program run in a process of its own, so that its peak memory is that of the case.</summary>
    /// <exception cref="DeviceException">It failed, or printed none; the message is the program's own.</exception>
    /// <exception cref="OperationCanceledException">Stopped meanwhile.</exception>
    public static JsonObject Sia(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var folder = AppContext.BaseDirectory;
        var program = Path.Combine(folder, OperatingSystem.IsWindows() ? "sia.exe" : "sia");
        var start = File.Exists(program) ? new ProcessStartInfo(program, arguments) : new ProcessStartInfo("dotnet", [Path.Combine(folder, "sia.dll"), .. arguments]);
        var (code, output, error) = Output(start, captureError: true, stop);
        var said = error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? $"exit code {code} from sia {string.Join(' ', arguments)}";
        return code == 0 ? Line(output, "sia") : throw new DeviceException(said.StartsWith("sia: ", StringComparison.Ordinal) ? said[5..] : said);
    }

    /// <summary>The last JSON line with <c>median_s</c> of a program's output.</summary>
    /// <exception cref="DeviceException">There is none.</exception>
    public static JsonObject Line(string output, string command)
    {
        foreach (var text in output.Split('\n').Reverse())
        {
            if (!text.TrimStart().StartsWith('{')) continue;
            try
            {
                if (JsonNode.Parse(text) is JsonObject line && line["median_s"] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds > 0) return line;
            }
            catch (JsonException)
            {
            }
        }

        throw new DeviceException($"--compare: no JSON line with median_s in the output of '{command}'");
    }

    private static (int Code, string Output, string Error) Output(ProcessStartInfo start, bool captureError, CancellationToken stop)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = captureError;
        using var process = Process.Start(start)!;
        using var end = stop.Register(() => process.Kill(entireProcessTree: true));
        var error = captureError ? process.StandardError.ReadToEndAsync(CancellationToken.None) : Task.FromResult("");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}

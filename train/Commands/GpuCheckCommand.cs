using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Train.Kernels;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia bench kernels</c> and <c>sia bench gpu-check</c>: times of all kernels; and with them, a driver walk and training beside the CPU, all of it in one JSON file.</summary>
internal static class GpuCheckCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Times of all kernels.</summary>
    public static Command Kernels(CommandContext context, Option<int> repetitions)
    {
        var file = new Option<string>("--out") { Description = "JSON file to write." };
        return context.Command("kernels", "Time every kernel with events of the device, its second-level cache overwritten before each launch.", Run, file);

        int Run(ParseResult parsed)
        {
            using var device = Open(context, parsed);
            var times = Measure(context, device, parsed.GetValue(repetitions));
            Print(context.Screen, times);
            Write(context.Screen, parsed.GetValue(file), new { Date = DateTime.UtcNow, Device = device.Description, Kernels = times });
            return ExitCode.Done;
        }
    }

    /// <summary>The whole check.</summary>
    public static Command Check(CommandContext context, Option<int> repetitions)
    {
        var file = new Option<string>("--out") { Description = "JSON file to write.", Required = true };
        var steps = Options.Whole("--steps", "Training steps to compare with the CPU.", 2, 50);
        var tests = new Option<string>("--tests") { Description = "Result of the device tests, taken into the file." };
        return context.Command("gpu-check", "Walk the driver, train beside the CPU, time every kernel; one JSON file.", Run, file, steps, tests);

        int Run(ParseResult parsed)
        {
            using var device = Open(context, parsed);
            var screen = context.Screen;
            var findings = new List<DriverFinding>();
            var walked = device.Driver is ManagedCudaDriver ? DriverWalk.Run(findings.Add) : DriverWalk.Check(device, findings.Add);
            foreach (var finding in findings) screen.Line($"{finding.What}: {finding.Found}{(finding.Holds ? "" : ": DOES NOT HOLD")}");

            var folder = Directory.CreateTempSubdirectory("sia-gpu-check-").FullName;
            try
            {
                using var cpu = new CpuDevice();
                var training = new List<TrainingComparison>();
                foreach (var compute in (string[])["f32", "bf16"])
                {
                    context.Stop.ThrowIfCancellationRequested();
                    screen.Progress($"training in {compute} on {device.Name} beside the CPU");
                    var run = TrainingComparison.Run(compute, parsed.GetValue(steps), cpu, device, folder);
                    training.Add(run);
                    screen.Line(string.Create(CultureInfo.InvariantCulture,
                        $"{run.Steps} steps in {compute}: losses {run.Device[0]:F3} to {run.Device[^1]:F3}, at most {run.WorstDifference:0.0e-0} from the CPU's in f32 (tolerance {run.Tolerance:0e-0}); a graph {(run.GraphGivesTheSameBits ? "gives the same bits" : "CHANGES THE NUMBERS")}: {(run.Holds ? "holds" : "DOES NOT HOLD")}"));
                }

                var speeds = new Dictionary<string, double>();
                if (device.Driver is ManagedCudaDriver)
                {
                    foreach (var (compute, graph) in ((string, bool)[])[("f32", false), ("bf16", false), ("bf16", true)])
                    {
                        var speed = TrainingComparison.Speed(compute, graph, device, folder);
                        speeds.Add(graph ? $"{compute}, graph" : compute, speed);
                        screen.Line($"12 layers, width 768, context 1024, {compute}{(graph ? ", graph" : "")}: {speed:N0} tokens/s");
                        device.Pool.Trim();
                    }
                }

                var times = Measure(context, device, parsed.GetValue(repetitions));
                Print(screen, times);
                var holds = walked && training.TrueForAll(run => run.Holds);
                Write(screen, parsed.GetValue(file), new { Date = DateTime.UtcNow, TrainingRun.Version, Device = device.Description, Holds = holds, Tests = parsed.GetValue(tests), Driver = findings, Training = training, TokensPerSecond = speeds, Kernels = times });
                return holds ? ExitCode.Done : ExitCode.CheckFailed;
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }
    }

    private static CudaDevice Open(CommandContext context, ParseResult parsed) => context.Open(parsed) is CudaDevice device
        ? device
        : throw new ArgumentException("kernels are timed on --device cuda, or for a trial on sim");

    private static KernelTimes Measure(CommandContext context, CudaDevice device, int repetitions) => KernelTimes.Measure(device, device.Driver is ManagedCudaDriver, repetitions, text =>
    {
        context.Stop.ThrowIfCancellationRequested();
        context.Screen.Progress(text);
    });

    /// <summary>The slowest case of each kernel.</summary>
    private static void Print(Screen screen, KernelTimes times)
    {
        var table = new Table().AddColumns("kernel", "median us", "GB/s", "of copy", "TFLOP/s", "of cuBLAS", "case");
        foreach (var group in times.Kernels.GroupBy(t => t.Name))
        {
            var t = group.MaxBy(timing => timing.MedianUs)!;
            string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
            table.AddRow(Markup.Escape(t.Name), Number(t.MedianUs, "N1"), Number(t.GigabytesPerSecond, "N0"), Number(t.PercentOfCopy, "0.0") + "%", Number(t.TeraflopsPerSecond, "0.00"), Number(t.PercentOfCublas, "0.0") + "%", Markup.Escape(t.Case));
        }

        screen.Line(string.Create(CultureInfo.InvariantCulture, $"copy within the device {times.CopyGigabytesPerSecond:N0} GB/s; cuBLAS {times.CublasF32:0.0} TFLOP/s in f32, {times.CublasBf16:0.0} in bf16"));
        screen.Table(table);
    }

    private static void Write(Screen screen, string? file, object result)
    {
        var text = JsonSerializer.Serialize(result, Json);
        screen.JsonLine(result);
        if (file is null) return;
        AtomicText.Write(file, text);
        screen.Line($"wrote {file}");
    }
}

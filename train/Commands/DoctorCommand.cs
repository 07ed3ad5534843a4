using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Train.Data;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia doctor</c>: what this machine has, every step of finding it, and what will run.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        return context.Command("doctor", "Show what this machine has and what will run.", Run);

        int Run(ParseResult parsed)
        {
            var (screen, asked) = (context.Screen, parsed.GetValue(context.Common.Device));
            var table = new Table().AddColumns("what", "found", "so");
            Row("program", TrainingRun.Version, $".NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");
            var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
            Row("SIMD", bits == 0 ? "none" : $"{bits}-bit vectors", bits >= 256 ? "the CPU backend runs at full width" : "the CPU backend runs, slowly");
            Row("cores", $"{Environment.ProcessorCount}", "--threads takes fewer");
            Row("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB", "a run prints its need before it starts");
            Row("corpus", Corpus(out var found), found ? "demo and train need nothing else" : "give --data");
            bool holds;
            if (asked == "sim")
            {
                using var device = SimulatedDevice.Create();
                holds = DriverWalk.Check(device, Report);
            }
            else holds = DriverWalk.Run(Report);
            var ptxas = PtxAssembler.Find()?.Path;
            Row("ptxas", ptxas ?? "not in SIA_PTXAS, .cuda-tools/bin or on PATH", ptxas is null ? "kernels are not assembled ahead" : "found");
            screen.Table(table);
            return holds || asked == "cpu" ? ExitCode.Done : ExitCode.Lacking;

            void Report(DriverFinding finding) => Row(finding.What, finding.Found, finding.Holds ? "holds" : $"--device {(asked == "sim" ? asked : "cuda")} does not run");

            void Row(string what, string value, string so)
            {
                table.AddRow(Markup.Escape(what), Markup.Escape(value), Markup.Escape(so));
                screen.JsonLine(new { What = what, Found = value, So = so });
            }
        }
    }

    private static string Corpus(out bool found)
    {
        try
        {
            var path = Data.Corpus.DefaultPath;
            found = true;
            return path;
        }
        catch (DataException e)
        {
            found = false;
            return e.Message;
        }
    }
}

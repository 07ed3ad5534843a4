using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SiaEngine.Train.Data;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia doctor</c>: what this machine has, every step of finding it, and what will run.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        return context.Command("doctor", "Show what this machine has and what will run.", _ => Run(context.Screen));

        static int Run(Screen screen)
        {
            var table = new Table().AddColumns("what", "found", "so");
            Row("program", TrainingRun.Version, $".NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");
            var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
            Row("SIMD", bits == 0 ? "none" : $"{bits}-bit vectors", bits >= 256 ? "the CPU backend runs at full width" : "the CPU backend runs, slowly");
            Row("cores", $"{Environment.ProcessorCount}", "--threads takes fewer");
            Row("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB", "a run prints its need before it starts");
            Row("corpus", Corpus(out var found), found ? "demo and train need nothing else" : "give --data");
            var driver = NativeLibraries.Find(NativeLibraries.Driver);
            Row("CUDA driver", driver ?? $"none of {string.Join(", ", NativeLibraries.Driver)}", driver is null ? "--device cuda does not run" : "found");
            var blas = NativeLibraries.Find(NativeLibraries.Blas);
            Row("cuBLAS", blas ?? $"none of {string.Join(", ", NativeLibraries.Blas)}", blas is null ? "--device cuda does not run" : "found");
            var ptxas = OnPath("ptxas");
            Row("ptxas", ptxas ?? "not on PATH", ptxas is null ? "kernels are not assembled ahead" : "found");
            screen.Table(table);
            return ExitCode.Done;

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

    private static string? OnPath(string program)
    {
        var name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}

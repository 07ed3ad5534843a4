using System.CommandLine;
using System.Globalization;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Train.Kernels;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia kernels</c>: lists the PTX kernels, shows one as it is assembled, runs one on the simulator with its counters.</summary>
internal static class KernelsCommand
{
    public static Command Create(CommandContext context)
    {
        var kernels = new Command("kernels", "List, show and run the PTX kernels.");
        kernels.Add(context.Command("list", "Every kernel with what it computes.", _ => List(context.Screen)));
        var name = new Argument<string>("NAME") { Description = "A kernel such as rms_norm_forward_f32, or a file such as rms_norm." };
        kernels.Add(context.Command("show", "The PTX as it is assembled.", parsed => Show(context.Screen, parsed.GetValue(name)!), name));
        kernels.Add(Run(context));
        return kernels;
    }

    private static int List(Screen screen)
    {
        var table = new Table().AddColumns("kernel", "file", "computes");
        foreach (var (file, header) in PtxLibrary.Names.SelectMany(file => KernelHeader.ReadAll(PtxLibrary.Load(file)).Values.Select(header => (file, header))))
        {
            table.AddRow(Markup.Escape(header.Name), $"native/ptx/{file}.ptx", Markup.Escape(header["computes"].Split('\n')[0]));
            screen.JsonLine(new { Kernel = header.Name, File = $"native/ptx/{file}.ptx", Computes = header["computes"], Launch = header["launch"], Registers = header.Registers });
        }

        screen.Table(table);
        return ExitCode.Done;
    }

    private static int Show(Screen screen, string name)
    {
        var file = PtxLibrary.Names.FirstOrDefault(f => f == name || f == $"ladder/{name}") ?? KernelWorkbench.Entries.FirstOrDefault(e => e.Entry == name).File
            ?? throw new ArgumentException($"no kernel or file '{name}'; 'sia kernels list' names them");
        screen.Write(PtxLibrary.Load(file).Text);
        return ExitCode.Done;
    }

    private static Command Run(CommandContext context)
    {
        var names = new Argument<string[]>("NAME") { Description = "A kernel; several, or gemm or reduce for the steps of a ladder, stand beside each other.", Arity = ArgumentArity.OneOrMore };
        var shape = Options.Wholes("--shape", "Extents of the example, separated by commas; a wrong number says which it takes.");
        var html = new Option<string>("--html") { Description = "Write a page with the PTX, counters per line and access patterns." };
        var block = Options.Whole("--block", "Block whose accesses the page draws.", 0, 0);
        var warp = Options.Whole("--warp", "Warp of that block.", 0, 0);
        return context.Command("run", "Run a kernel on the simulator, check it against the CPU, count.", Act, names, shape, html, block, warp);

        int Act(ParseResult parsed)
        {
            if (parsed.GetValue(context.Common.Device) == "cuda")
            {
                using var gpu = context.Open(parsed, announce: false);
                throw new ArgumentException("kernels run counts what the simulator executes; 'sia bench kernels --device cuda' times kernels on a GPU");
            }

            var entries = parsed.GetValue(names)!.SelectMany(Expand).ToArray();
            var results = new List<KernelResult>();
            var probe = new Probe(parsed.GetValue(block), parsed.GetValue(warp));
            foreach (var entry in entries)
            {
                context.Stop.ThrowIfCancellationRequested();
                context.Screen.Progress($"running {entry}");
                probe = new Probe(parsed.GetValue(block), parsed.GetValue(warp));
                results.Add(KernelWorkbench.Run(entry, parsed.Given(shape) ? parsed.GetValue(shape) : null, probe));
            }

            Print(context.Screen, results);
            if (parsed.GetValue(html) is { } page)
            {
                KernelPage.Write(page, string.Join(", ", parsed.GetValue(names)!), results, probe);
                context.Screen.Line($"wrote {page}");
            }

            return results.All(result => result.Agrees) ? ExitCode.Done : ExitCode.CheckFailed;
        }
    }

    private static IEnumerable<string> Expand(string name) => name switch
    {
        "gemm" => Ladder.Gemm.Select(step => step.Entry),
        "reduce" => Ladder.Reduction.Select(step => step.Entry),
        _ => [name],
    };

    private static void Print(Screen screen, List<KernelResult> results)
    {
        foreach (var result in results)
        {
            var (run, counters) = (result.Run, result.Run.Counters);
            var table = new Table().AddColumns("counter", "value").HideHeaders();
            void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
            Row("launch", $"{run.Shape}; {result.Shape}");
            Row("check against the CPU in f64", result.Verdict);
            Row("warp instructions, lanes each", $"{counters.WarpInstructions:N0}, {Ratio(counters.LaneInstructions, counters.WarpInstructions)} of 32");
            Row("divergent branches", $"{counters.Divergences.Sum():N0}");
            Row("FLOPs (tensor cores)", $"{counters.Flops:N0} ({counters.TensorFlops:N0})");
            Row("global bytes asked for, distinct", $"{counters.GlobalBytesRead.Sum() + counters.GlobalBytesWritten.Sum():N0}, {run.DistinctBytesRead + run.DistinctBytesWritten:N0}");
            Row("global sectors per request (adjacent)", $"{Ratio(counters.GlobalSectors.Sum(), counters.GlobalRequests.Sum())} ({Ratio(counters.GlobalIdealSectors.Sum(), counters.GlobalRequests.Sum())})");
            Row("shared wavefronts per request (ideal)", $"{Ratio(counters.SharedWavefronts.Sum(), counters.SharedRequests.Sum())} ({Ratio(counters.SharedIdealWavefronts.Sum(), counters.SharedRequests.Sum())})");
            Row("shared memory per block", $"{run.StaticSharedBytes + run.Shape.SharedBytes:N0} bytes");
            Row("registers, spills", result.Assembled is { } a ? $"{a.Registers}, {a.SpillStores + a.SpillLoads} bytes" : "no ptxas here; .ci/cuda-tools fetches it");
            if (result.Assembled is { } assembled)
                foreach (var gpu in GpuModel.All)
                {
                    var occupancy = gpu.Occupancy(assembled.Registers, run.StaticSharedBytes + run.Shape.SharedBytes, run.Shape.Threads);
                    Row($"occupancy on {gpu.Name} ({gpu.Architecture})", occupancy.Blocks == 0 ? $"does not fit: {occupancy.Limit}" : string.Create(CultureInfo.InvariantCulture, $"{100 * occupancy.Fraction:F0}%: {occupancy.Blocks} blocks of {run.Shape.Threads} threads, limited by {occupancy.Limit}"));
                }

            Row("simulated in", string.Create(CultureInfo.InvariantCulture, $"{counters.Seconds:F3} s, {counters.LaneInstructions / Math.Max(1e-9, counters.Seconds) / 1e6:F0} M lane instructions/s"));
            screen.Line();
            screen.Line(run.Kernel);
            screen.Table(table);
            screen.JsonLine(new
            {
                run.Kernel,
                Launch = run.Shape.ToString(),
                result.Shape,
                result.Agrees,
                result.WorstError,
                result.Tolerance,
                counters.WarpInstructions,
                counters.LaneInstructions,
                Divergences = counters.Divergences.Sum(),
                counters.Flops,
                counters.TensorFlops,
                GlobalRequests = counters.GlobalRequests.Sum(),
                GlobalSectors = counters.GlobalSectors.Sum(),
                IdealSectors = counters.GlobalIdealSectors.Sum(),
                run.DistinctBytesRead,
                run.DistinctBytesWritten,
                SharedRequests = counters.SharedRequests.Sum(),
                SharedWavefronts = counters.SharedWavefronts.Sum(),
                IdealWavefronts = counters.SharedIdealWavefronts.Sum(),
                Registers = result.Assembled?.Registers,
            });
        }
    }

    private static string Ratio(long value, long count) => count == 0 ? "none" : ((double)value / count).ToString("F2", CultureInfo.InvariantCulture);
}

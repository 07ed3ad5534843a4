using System.CommandLine;
using System.Globalization;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using Spectre.Console;

namespace SiaEngine.Train.Commands;

/// <summary><c>sia gradcheck</c>: every op's backward against float64 central differences on the CPU; other devices against the CPU in f64.</summary>
internal static class GradCheckCommand
{
    public static Command Create(CommandContext context)
    {
        var op = new Option<string>("--op") { Description = $"One op: {string.Join(", ", GradientCatalog.Ops.Select(entry => entry.Id))}." };
        return context.Command("gradcheck", "Check every op's backward against float64 central differences.", Run, op);

        int Run(ParseResult parsed)
        {
            using var cpu = new CpuDevice();
            var ops = parsed.GetValue(op) is { } id ? [Find(id)] : GradientCatalog.Ops;
            if (parsed.GetValue(context.Common.Device) == cpu.Name) return Check(ops, cpu, context.Screen, context.Seed(parsed), context.Stop);
            using var device = context.Open(parsed);
            return CheckDevice(ops, cpu, device, context.Screen, context.Seed(parsed), context.Stop);
        }
    }

    /// <summary>Checks a device's f32 kernels against the CPU in f64, a row per op.</summary>
    internal static int CheckDevice(IReadOnlyList<GradientCatalog.Entry> ops, Device cpu, Device device, Screen screen, ulong seed, CancellationToken stop)
    {
        var table = new Table().AddColumns("op", "cases", "elements checked", "worst error", "tolerance", "verdict", "where");
        var holds = true;
        foreach (var entry in ops)
        {
            screen.Progress($"checking {entry.Id} on {device.Name}");
            var worst = new DeviceCheckResult(entry.Id, "", 0, 0, 1, "");
            var elements = 0L;
            foreach (var test in entry.Cases)
            {
                stop.ThrowIfCancellationRequested();
                var result = Check(entry.Id, test);
                elements += result.Checked;
                if (result.Checked == 0 || result.WorstError / result.Tolerance >= worst.WorstError / worst.Tolerance) worst = result;
            }

            holds &= worst.Holds;
            var where = worst.Holds ? "" : $"{worst.Case}: {worst.Worst}";
            table.AddRow(entry.Id, entry.Cases.Count.ToString(CultureInfo.InvariantCulture), elements.ToString("N0", CultureInfo.InvariantCulture),
                worst.WorstError.ToString("0.0e-0", CultureInfo.InvariantCulture), worst.Tolerance.ToString("0.0e-0", CultureInfo.InvariantCulture), worst.Holds ? "holds" : "WRONG", Markup.Escape(where));
            screen.JsonLine(new { Op = entry.Id, Device = device.Name, Cases = entry.Cases.Count, Checked = elements, WorstError = double.IsFinite(worst.WorstError) ? worst.WorstError : (double?)null, worst.Tolerance, worst.Holds, Where = where });
        }

        screen.Line($"results and gradients in f32 on {device.Name} against f64 on the CPU; error = |{device.Name} - f64| / (1 + largest |f64| of the tensor), at most twice that of the CPU in f32 and 32 roundings; every subset of tracked inputs, written and added");
        screen.Table(table);
        return holds ? ExitCode.Done : ExitCode.CheckFailed;

        DeviceCheckResult Check(string op, GradientCase test)
        {
            try
            {
                return DeviceCheck.Run(op, test, cpu, device, seed);
            }
            catch (Exception e) when (e is CudaException or PtxException or DeviceException)
            {
                return new DeviceCheckResult(op, test.Name, 0, double.PositiveInfinity, 1, e.Message);
            }
        }
    }

    /// <summary>Checks ops, a row each; <see cref="ExitCode.CheckFailed"/> if one does not hold.</summary>
    internal static int Check(IReadOnlyList<GradientCatalog.Entry> ops, Device device, Screen screen, ulong seed, CancellationToken stop)
    {
        var table = new Table().AddColumns("op", "cases", "elements checked", "worst error", "verdict", "where");
        var holds = true;
        foreach (var entry in ops)
        {
            screen.Progress($"checking {entry.Id}");
            var (elements, worst, where) = (0L, 0.0, "");
            foreach (var test in entry.Cases)
            {
                stop.ThrowIfCancellationRequested();
                var result = GradientCheck.Run(entry.Id, test, device, seed);
                elements += result.Checked;
                if (result.WorstError >= worst) (worst, where) = (result.WorstError, $"{result.Case}: {result.Worst}");
            }

            var good = worst <= GradientCheck.Tolerance && elements > 0;
            holds &= good;
            table.AddRow(entry.Id, entry.Cases.Count.ToString(CultureInfo.InvariantCulture), elements.ToString("N0", CultureInfo.InvariantCulture),
                worst.ToString("0.0e-0", CultureInfo.InvariantCulture), good ? "holds" : "WRONG", Markup.Escape(good ? "" : where));
            screen.JsonLine(new { Op = entry.Id, Cases = entry.Cases.Count, Checked = elements, WorstError = worst, Tolerance = GradientCheck.Tolerance, Holds = good, Where = where });
        }

        screen.Line($"error = |backward - difference| / (1 + |difference|), at most {GradientCheck.Tolerance:E0}; every subset of tracked inputs, written and added");
        screen.Table(table);
        return holds ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static GradientCatalog.Entry Find(string id)
    {
        try
        {
            return GradientCatalog.Find(id);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--op: {e.Message}", e);
        }
    }
}

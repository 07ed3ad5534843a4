using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using SiaEngine.Cuda;
using SiaEngine.Model;
using SiaEngine.Train.Commands;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>Entry point of the <c>sia</c> program.</summary>
public static class Program
{
    /// <summary>Runs the command line of this process.</summary>
    public static int Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            // The first Ctrl-C asks the command to stop in order; the second ends the process.
            e.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        return Run(arguments, new Screen(Console.Out, Console.Error, !Console.IsOutputRedirected), stop.Token);
    }

    /// <summary>Runs a command line; every failure is one line on the screen's error writer and an exit code.</summary>
    public static int Run(string[] arguments, Screen screen, CancellationToken stop = default)
    {
        try
        {
            var parsed = Root(screen, stop).Parse(arguments);
            if (parsed.Errors.Count > 0)
            {
                var what = parsed.UnmatchedTokens.Count > 0 ? $"unknown command, option or argument '{parsed.UnmatchedTokens[0]}'" : parsed.Errors[0].Message.TrimEnd('.');
                screen.Error($"sia: {what}; see 'sia --help'");
                return ExitCode.Wrong;
            }

            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException e)
        {
            screen.Error($"sia: stopped{(e.InnerException is null ? "" : $"; {e.Message}")}");
            return ExitCode.Stopped;
        }
        catch (Exception e) when (e is ArgumentException or DataException or CheckpointException or ShapeException)
        {
            screen.Error($"sia: {FirstLine(e.Message)}");
            return ExitCode.Wrong;
        }
        catch (Exception e) when (e is TrainingException or CudaException or PtxException)
        {
            screen.Error($"sia: {e.Message}");
            return ExitCode.CheckFailed;
        }
        catch (Exception e) when (e is DeviceException or OutOfMemoryException or IOException or UnauthorizedAccessException)
        {
            screen.Error($"sia: {FirstLine(e.Message)}");
            return ExitCode.Lacking;
        }
    }

    /// <summary>The command line's grammar.</summary>
    internal static RootCommand Root(Screen screen, CancellationToken stop)
    {
        var common = new CommonOptions();
        var root = new RootCommand("SiaEngine: trains GPT models with scale-invariant attention.");
        common.AddTo(root);
        var context = new CommandContext(common, screen, stop);
        foreach (var command in (Command[])[DemoCommand.Create(context), TrainCommand.Create(context), EvalCommand.Create(context), SampleCommand.Create(context), CompareCommand.Create(context), NeedleCommand.Create(context), StatisticsCommand.Create(context),
                     GradCheckCommand.Create(context), TheoryCommand.Create(context), BenchCommand.Create(context), KernelsCommand.Create(context), DoctorCommand.Create(context)])
            root.Add(command);
        return root;
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd();
}

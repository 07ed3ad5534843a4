using System.CommandLine;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Commands;

/// <summary>What every command works with.</summary>
/// <param name="Common">Options every command takes.</param>
/// <param name="Screen">Where it writes.</param>
/// <param name="Stop">Signalled by Ctrl-C.</param>
public sealed record CommandContext(CommonOptions Common, Screen Screen, CancellationToken Stop)
{
    /// <summary>A command whose action runs after the common options took effect.</summary>
    public Command Command(string name, string description, Func<ParseResult, int> action, params ReadOnlySpan<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Add(option);
            else command.Add((Argument)symbol);
        }

        command.SetAction(parsed =>
        {
            Screen.Quiet = parsed.GetValue(Common.Quiet);
            Screen.Json = parsed.GetValue(Common.Json);
            RowParallel.Threads = parsed.GetValue(Common.Threads);
            return action(parsed);
        });
        return command;
    }

    /// <summary>Seed given on the command line.</summary>
    public ulong Seed(ParseResult parsed) => (ulong)parsed.GetValue(Common.Seed);

    /// <summary>Prepares data on the command's threads, showing what is being done; Ctrl-C ends it and leaves nothing half-written.</summary>
    public Dataset Prepare(string? path, string? tokenizer, int vocabulary, string cache) => Dataset.Prepare(path, tokenizer, vocabulary, cache, text =>
    {
        Stop.ThrowIfCancellationRequested();
        Screen.Progress(text);
    }, RowParallel.Threads);

    /// <summary>The folder prepared data of a run is kept in: beside the run.</summary>
    public static string Cache(string run) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(run))!, ".data");

    /// <summary>The device asked for; <paramref name="announce"/> says on the screen what the simulator is.</summary>
    /// <exception cref="DeviceException">This machine or build has none.</exception>
    public Device Open(ParseResult parsed, bool announce = true)
    {
        switch (parsed.GetValue(Common.Device))
        {
            case "cpu":
                return new CpuDevice();
            case "cuda":
                var device = Gpu(parsed.GetValue(Common.Tf32));
                if (announce) Screen.Line($"device {device.Description}");
                return device;
            default:
                if (announce) Screen.Line("device sim: the PTX kernels run on the simulator, every instruction executed and checked on the CPU; exact, and thousands of times slower than a GPU");
                return SimulatedDevice.Create();
        }
    }

    private static CudaDevice Gpu(bool tf32)
    {
        try
        {
            return ManagedCudaDevice.Open(tf32: tf32);
        }
        catch (DeviceException e)
        {
            throw new DeviceException($"--device cuda: {e.Message}; use --device cpu", e);
        }
    }
}

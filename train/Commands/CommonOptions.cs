using System.CommandLine;

namespace SiaEngine.Train.Commands;

/// <summary>Options every command takes.</summary>
public sealed class CommonOptions
{
    /// <summary><c>--device</c>.</summary>
    public Option<string> Device { get; } = Options.Choice("--device", "Where tensors live: cpu, cuda, or sim (the CUDA backend on the PTX simulator).", "cpu", "cpu", "cuda", "sim");

    /// <summary><c>--tf32</c>.</summary>
    public Option<bool> Tf32 { get; } = new("--tf32") { Description = "With --device cuda, let products of f32 matrices round their operands to TF32: faster, 10 bits of mantissa." };

    /// <summary><c>--threads</c>.</summary>
    public Option<int> Threads { get; } = Options.Whole("--threads", "CPU threads to use.", 1, Environment.ProcessorCount);

    /// <summary><c>--seed</c>.</summary>
    public Option<long> Seed { get; } = Options.Long("--seed", "Seed of weights, batches and samples.", 0, 1);

    /// <summary><c>--quiet</c>.</summary>
    public Option<bool> Quiet { get; } = new("--quiet") { Description = "No human output." };

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Machine output alone on standard output, one JSON object a line." };

    /// <summary>Makes the options known to a command and all below it.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[Device, Tf32, Threads, Seed, Quiet, Json])
        {
            option.Recursive = true;
            command.Options.Add(option);
        }
    }
}

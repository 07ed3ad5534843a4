using SiaEngine.Cuda;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>A small model trained on a device beside the CPU, on the text of the PTX files.</summary>
/// <param name="Compute">Type the device computes in; the CPU computes in f32.</param>
/// <param name="Steps">Optimizer steps.</param>
/// <param name="Cpu">Losses on the CPU.</param>
/// <param name="Device">Losses on the device.</param>
/// <param name="GraphGivesTheSameBits">Whether replaying a graph gives exactly the device's losses and gradient norms.</param>
public sealed record TrainingComparison(string Compute, int Steps, IReadOnlyList<double> Cpu, IReadOnlyList<double> Device, bool GraphGivesTheSameBits)
{
    /// <summary>Largest difference of a step's losses.</summary>
    public double WorstDifference => Cpu.Zip(Device, (a, b) => double.IsNaN(b) ? double.PositiveInfinity : Math.Abs(a - b)).Max();

    /// <summary>
    /// What counts as agreement. f32: rounding in another order, which fifty steps of training amplify some hundred times. bf16: values are rounded by up to 2⁻⁹ of
    /// themselves; a loss is about ln 300 = 5.7 nats.
    /// </summary>
    public double Tolerance => Compute == "f32" ? 2e-3 : 5e-2;

    /// <summary>Whether the losses agree, have fallen, and a graph changes nothing.</summary>
    public bool Holds => WorstDifference <= Tolerance && GraphGivesTheSameBits && Device[^1] < Device[0];

    /// <summary>Trains.</summary>
    /// <param name="compute">f32 or bf16.</param>
    /// <param name="steps">Optimizer steps.</param>
    /// <param name="cpu">The CPU.</param>
    /// <param name="device">The device.</param>
    /// <param name="folder">Where prepared data are kept.</param>
    public static TrainingComparison Run(string compute, int steps, Device cpu, Device device, string folder)
    {
        var data = Text(folder);
        var config = Small(data.Source, steps);
        var expected = Train(config, data, cpu);
        var actual = Train(config with { Compute = compute }, data, device);
        var replayed = Train(config with { Compute = compute, Graph = true }, data, device);
        return new TrainingComparison(compute, steps, [.. expected.Select(s => s.Loss)], [.. actual.Select(s => s.Loss)], actual.SequenceEqual(replayed));
    }

    /// <summary>Tokens per second of a model of 12 layers and width 768 at context 1024, without the first three steps.</summary>
    public static double Speed(string compute, bool graph, Device device, string folder)
    {
        var data = Text(folder);
        var config = Small(data.Source, 12) with { Compute = compute, Graph = graph, Layers = 12, Width = 768, Heads = 12, Context = 1024, BatchTokens = 16 << 10, MicroBatchTokens = 16 << 10 };
        using var trainer = new Trainer(config, data, device);
        for (var i = 0; i < 3; i++) trainer.Step();
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 3; i < config.Steps; i++) trainer.Step();
        return Math.Round((config.Steps - 3) * (double)config.BatchTokens / System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, 0);
    }

    private static RunConfig Small(string source, int steps) => new()
    {
        Data = source,
        Vocabulary = 300,
        Layers = 2,
        Width = 64,
        Heads = 2,
        Context = 64,
        BatchTokens = 128,
        MicroBatchTokens = 64,
        Steps = steps,
        CooldownSteps = steps / 4,
        ClipNorm = 1,
        EvalTokens = 64,
    };

    private static Dataset Text(string folder)
    {
        var text = Path.Combine(folder, "ptx.txt");
        if (!File.Exists(text)) File.WriteAllText(text, string.Concat(PtxLibrary.Names.Select(PtxLibrary.ReadTemplate)));
        return Dataset.Prepare(text, null, 300, Path.Combine(folder, ".data"));
    }

    private static StepResult[] Train(RunConfig config, Dataset data, Device device)
    {
        using var trainer = new Trainer(config, data, device);
        return [.. Enumerable.Range(0, config.Steps).Select(_ => trainer.Step())];
    }
}

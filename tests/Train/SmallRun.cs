using SiaEngine.Train;
using SiaEngine.Train.Data;

namespace SiaEngine.Tests.Train;

/// <summary>A folder of its own with a little text, and a run that takes a second on it.</summary>
public sealed class SmallRun : IDisposable
{
    public SmallRun()
    {
        Directory.CreateDirectory(Folder);
        var text = string.Concat(Enumerable.Range(0, 900).Select(i => $"Line {i * 7 % 100}: the quick brown fox number {i % 13} jumps over the lazy dog {i % 5}.\n"));
        File.WriteAllText(Text, text);
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"sia-{Guid.NewGuid():N}");

    public string Text => Path.Combine(Folder, "text.txt");

    public RunConfig Config => new()
    {
        Data = Text,
        Vocabulary = 300,
        Layers = 2,
        Width = 16,
        Heads = 2,
        Context = 16,
        BatchTokens = 64,
        MicroBatchTokens = 32,
        Steps = 8,
        CooldownSteps = 3,
        EvalTokens = 256,
    };

    public Dataset Data() => Dataset.Prepare(Text, null, 300, Path.Combine(Folder, ".data"));

    /// <summary>Runs <c>sia</c> in process; returns exit code, standard output and standard error.</summary>
    public static (int Code, string Output, string Error) Sia(params string[] arguments) => Sia(default, arguments);

    public static (int Code, string Output, string Error) Sia(CancellationToken stop, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Program.Run(arguments, new Screen(output, error, interactive: false), stop);
        return (code, output.ToString(), error.ToString());
    }

    public string[] TrainArguments(string name, params string[] more) =>
    [
        "train", "--data", Text, "--vocabulary", "300", "--layers", "2", "--width", "16", "--heads", "2", "--context", "16", "--batch-tokens", "64", "--micro-batch-tokens", "32", "--steps", "8",
        "--eval-tokens", "256", "--out", Path.Combine(Folder, name), .. more,
    ];

    /// <summary>The arguments of <see cref="TrainArguments"/> with other values: name, value, name, value, …</summary>
    public string[] ChangedArguments(string name, params string[] pairs)
    {
        var changed = TrainArguments(name).ToList();
        for (var i = 0; i < pairs.Length; i += 2)
        {
            var at = changed.IndexOf(pairs[i]);
            if (at < 0) changed.AddRange([pairs[i], pairs[i + 1]]);
            else changed[at + 1] = pairs[i + 1];
        }

        return [.. changed];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

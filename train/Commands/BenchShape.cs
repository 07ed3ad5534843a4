using SiaEngine.Model;

namespace SiaEngine.Train.Commands;

/// <summary>Model shapes that are timed beside PyTorch: the first three on a CPU, the last, a micro-batch of the paper's recipe, on a GPU.</summary>
internal sealed record BenchShape(string Name, int Layers, int Width, int Heads, int Context, int Batch, int Vocabulary)
{
    private static readonly BenchShape[] All =
    [
        new("tiny", 4, 128, 4, 256, 8, 4096),
        new("small", 6, 384, 6, 512, 4, 8192),
        new("gpt2-124m", 12, 768, 12, 1024, 1, 50_304),
        new("gpt-162m", 12, 768, 6, 4096, 16, 50_304),
    ];

    /// <summary>Names of all shapes.</summary>
    public static string Names => string.Join(", ", All.Select(shape => shape.Name));

    /// <summary>Weights that multiply every token: blocks and head.</summary>
    public long MatmulParameters => 12L * Layers * Width * Width + (long)Vocabulary * Width;

    /// <summary>Tokens of a step.</summary>
    public int Tokens => Batch * Context;

    /// <summary>Useful floating-point operations of a training step: two per weight and token forward and four backward, and the causal half of attention.</summary>
    public double Work => Tokens * (6.0 * MatmulParameters + 3 * 4.0 * Layers * Width * (Context + 1) / 2);

    /// <summary>The shape with this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static BenchShape Find(string name) => All.FirstOrDefault(shape => shape.Name == name) ?? throw new ArgumentException($"SHAPE takes one of {Names}, not '{name}'");

    /// <summary>The model's shape.</summary>
    public GptConfig Config(string method) => new() { Layers = Layers, Width = Width, Heads = Heads, Vocabulary = Vocabulary, Context = Context, Attention = method };

    /// <inheritdoc/>
    public override string ToString() => $"L{Layers} C{Width} H{Heads} T{Context} B{Batch} V{Vocabulary}";
}

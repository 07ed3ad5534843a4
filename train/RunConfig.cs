using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SiaEngine.Cpu;
using SiaEngine.Model;

namespace SiaEngine.Train;

/// <summary>Everything that decides what a training run computes. JSON keys are the option names of <c>sia train</c>.</summary>
public sealed record RunConfig
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    /// <summary>Preset the values started from.</summary>
    public string Preset { get; init; } = "demo";

    /// <summary>Name of the attention method.</summary>
    public string Attention { get; init; } = "sia";

    /// <summary>τ of the scale-invariant methods, tokens.</summary>
    public double Tau { get; init; } = ScaleInvariance.Tau;

    /// <summary>Reading of p-RoPE: a, b or c.</summary>
    public string PRope { get; init; } = "a";

    /// <summary>Effective base of p-RoPE; 0 for 1024 in proportion to the training context.</summary>
    public double PRopeBase { get; init; }

    /// <summary>Slopes of ALiBi: geometric or interleaved.</summary>
    public string Alibi { get; init; } = "geometric";

    /// <summary>Ramp of YaRN: turns or index.</summary>
    public string Yarn { get; init; } = "turns";

    /// <summary>N of LogN: prefix or global.</summary>
    public string Logn { get; init; } = "prefix";

    /// <summary>Text or shards; null is the default corpus.</summary>
    public string? Data { get; init; }

    /// <summary>Folder of a tokenizer; null trains one.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Ids of a tokenizer to be trained, or of shards without one.</summary>
    public int Vocabulary { get; init; }

    /// <summary>Training context, tokens.</summary>
    public int Context { get; init; }

    /// <summary>Blocks.</summary>
    public int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public int Width { get; init; }

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; }

    /// <summary>Tokens per optimizer step, a multiple of the context.</summary>
    public int BatchTokens { get; init; }

    /// <summary>Tokens per forward and backward pass, a divisor of <see cref="BatchTokens"/>.</summary>
    public int MicroBatchTokens { get; init; }

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; }

    /// <summary>Type the model computes in: f32, or bf16 with f32 masters, gradients, sums and optimizers.</summary>
    public string Compute { get; init; } = "f32";

    /// <summary>Record forward and backward pass once and replay them, on a device that can; the numbers are the same.</summary>
    public bool Graph { get; init; }

    /// <summary>Learning rate schedule: constant then linear to zero, or cosine to zero.</summary>
    public string Schedule { get; init; } = "constant-linear";

    /// <summary>Steps of the final linear part.</summary>
    public int CooldownSteps { get; init; }

    /// <summary>Optimizer of the matrices inside blocks: muon or adamw.</summary>
    public string Optimizer { get; init; } = "muon";

    /// <summary>Learning rate of the matrices inside blocks when Muon trains them.</summary>
    public double MuonRate { get; init; } = 0.02;

    /// <summary>Learning rate of the matrices inside blocks when AdamW trains them.</summary>
    public double AdamwRate { get; init; } = 0.001;

    /// <summary>Decoupled weight decay of AdamW inside blocks; embedding and head have none.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Learning rate of Adam for the embedding.</summary>
    public double EmbeddingRate { get; init; } = 0.3;

    /// <summary>Learning rate of Adam for the head.</summary>
    public double HeadRate { get; init; } = 0.002;

    /// <summary>Largest gradient norm; 0 does not clip.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Read shards in order, as the paper does, rather than windows at random places.</summary>
    public bool SequentialData { get; init; }

    /// <summary>Steps between evaluations; 0 evaluates at the end only.</summary>
    public int EvalEvery { get; init; }

    /// <summary>Contexts to evaluate at, tokens; empty is 1, 4 and 16 times the training context.</summary>
    public IReadOnlyList<int> EvalContexts { get; init; } = [];

    /// <summary>Validation tokens per evaluation, the same for every context.</summary>
    public int EvalTokens { get; init; }

    /// <summary>Steps between checkpoints; 0 writes one at the end only.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Seed of weights and batches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Contexts to evaluate at.</summary>
    [JsonIgnore]
    public IReadOnlyList<int> Contexts => EvalContexts.Count > 0 ? EvalContexts : [Context, 4 * Context, 16 * Context];

    /// <summary>Learning rate of the matrices inside blocks.</summary>
    [JsonIgnore]
    public double BlockRate => Optimizer == "muon" ? MuonRate : AdamwRate;

    /// <summary>The compute type on a device.</summary>
    /// <exception cref="ArgumentException">The device does not compute in it.</exception>
    public DType ComputeOn(Device device) => ComputeType(Compute, device);

    /// <summary>The type that <c>--compute</c> names, on a device.</summary>
    /// <exception cref="ArgumentException">The device does not compute in it.</exception>
    public static DType ComputeType(string compute, Device device) => compute == "f32" ? DType.F32
        : device is not CpuDevice ? DType.BF16
        : throw new ArgumentException($"--compute bf16 takes --device cuda or sim; {device.Name} computes in f32");

    /// <summary>The model's shape, for a vocabulary known from the data.</summary>
    public GptConfig Model(int vocabulary) => new()
    {
        Layers = Layers,
        Width = Width,
        Heads = Heads,
        Vocabulary = vocabulary,
        Context = Context,
        Attention = Attention,
        Options = new AttentionOptions { Tau = Tau, PRope = PRope, PRopeBase = PRopeBase, Alibi = Alibi, Yarn = Yarn, LogN = Logn },
    };

    /// <summary>Returns this configuration if it can run.</summary>
    /// <exception cref="ArgumentException">A value is impossible; the message names the option and what it takes.</exception>
    public RunConfig Validate()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("context", Context), ("batch-tokens", BatchTokens), ("micro-batch-tokens", MicroBatchTokens),
                     ("steps", Steps), ("layers", Layers), ("width", Width), ("heads", Heads), ("vocabulary", Vocabulary), ("eval-tokens", EvalTokens)])
            if (value < 1) throw new ArgumentException($"--{name} takes a whole number of at least 1, not {value}");
        if (MicroBatchTokens % Context != 0) throw new ArgumentException($"--micro-batch-tokens takes a multiple of the context {Context}, not {MicroBatchTokens}");
        if (BatchTokens % MicroBatchTokens != 0) throw new ArgumentException($"--batch-tokens takes a multiple of the micro-batch of {MicroBatchTokens} tokens, not {BatchTokens}");
        if (CooldownSteps < 0 || CooldownSteps > Steps) throw new ArgumentException($"--cooldown-steps takes 0 to the {Steps} steps, not {CooldownSteps}");
        foreach (var context in EvalContexts)
            if (context < 1) throw new ArgumentException($"--eval-contexts takes whole numbers of at least 1, not {context}");
        if (Compute is not ("f32" or "bf16")) throw new ArgumentException($"--compute takes f32 or bf16, not '{Compute}'");
        if (Optimizer is not ("muon" or "adamw")) throw new ArgumentException($"--optimizer takes muon or adamw, not '{Optimizer}'");
        foreach (var (name, value) in (ReadOnlySpan<(string, double)>)[("muon-rate", MuonRate), ("adamw-rate", AdamwRate), ("weight-decay", WeightDecay), ("embedding-rate", EmbeddingRate),
                     ("head-rate", HeadRate), ("clip-norm", ClipNorm)])
            if (!(value >= 0) || double.IsInfinity(value)) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"--{name} takes a number of at least 0, not {value}"));
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("eval-every", EvalEvery), ("checkpoint-every", CheckpointEvery)])
            if (value < 0) throw new ArgumentException($"--{name} takes a whole number of at least 0, not {value}");
        LearningRate.Of(this);
        AttentionMethod.Find(Attention);
        Model(Vocabulary).Validate();
        return this;
    }
}

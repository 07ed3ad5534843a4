namespace SiaEngine.Train;

/// <summary>Named configurations of <c>sia train</c>.</summary>
public static class Presets
{
    private static readonly Dictionary<string, RunConfig> ByName = new()
    {
        ["demo"] = Small(layers: 4, width: 128, heads: 4, context: 256, batch: 4096, steps: 300) with { Preset = "demo", EvalTokens = 65_536 },
        ["gpt-1m"] = Small(layers: 4, width: 128, heads: 2, context: 256, batch: 8192, steps: 1500) with { Preset = "gpt-1m" },
        ["gpt-4m"] = Small(layers: 6, width: 192, heads: 3, context: 512, batch: 16_384, steps: 2000) with { Preset = "gpt-4m", Vocabulary = 4096 },
        ["gpt-16m"] = Small(layers: 8, width: 320, heads: 5, context: 1024, batch: 65_536, steps: 3000) with { Preset = "gpt-16m", Vocabulary = 8192 },
        ["gpt-50m"] = Small(layers: 10, width: 512, heads: 4, context: 2048, batch: 131_072, steps: 4000) with { Preset = "gpt-50m", Vocabulary = 16_384 },
        ["gpt-162m"] = Paper with
        {
            Preset = "gpt-162m",
            Layers = 12,
            Width = 768,
            Heads = 6,
            BatchTokens = 524_288,
            MicroBatchTokens = 65_536,
            Steps = 4578,
            CooldownSteps = 1308,
            EvalEvery = 125,
        },
        ["gpt-304m"] = Paper with
        {
            Preset = "gpt-304m",
            Layers = 16,
            Width = 1024,
            Heads = 8,
            BatchTokens = 917_504,
            MicroBatchTokens = 114_688,
            Steps = 10_900,
            Schedule = "cosine",
            MuonRate = 0.015,
            EvalEvery = 250,
        },
    };

    /// <summary>Names of all presets, for messages.</summary>
    public static string Names => string.Join(", ", ByName.Keys);

    /// <summary>The paper's recipe (arXiv:2505.17083 G.1): GPT-2 tokens padded to 50304 ids, context 4096, shards in order, 10,485,760 validation tokens.</summary>
    private static RunConfig Paper => new() { Vocabulary = 50_304, Context = 4096, SequentialData = true, EvalTokens = 10_485_760, CheckpointEvery = 500 };

    /// <summary>The preset with this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static RunConfig Find(string name) =>
        ByName.TryGetValue(name, out var config) ? config : throw new ArgumentException($"--preset takes one of {Names}, not '{name}'");

    private static RunConfig Small(int layers, int width, int heads, int context, int batch, int steps) => new()
    {
        Layers = layers,
        Width = width,
        Heads = heads,
        Context = context,
        Vocabulary = 2048,
        BatchTokens = batch,
        MicroBatchTokens = Math.Min(batch, 8192),
        Steps = steps,
        CooldownSteps = steps * 2 / 7,
        EvalTokens = 262_144,
        CheckpointEvery = 250,
    };
}

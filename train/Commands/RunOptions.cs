using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SiaEngine.Model;

namespace SiaEngine.Train.Commands;

/// <summary>The options that make up a <see cref="RunConfig"/>: a preset, then a JSON file, then the command line, the later winning.</summary>
public sealed class RunOptions
{
    private readonly Option<string> _preset = new("--preset") { Description = $"Named configuration to start from: {Presets.Names}." };
    private readonly Option<string> _config = new("--config") { Description = "JSON file with any of these options as keys, without dashes in front." };
    private readonly List<(string Key, Option Option, Func<ParseResult, JsonNode?> Value)> _values = [];

    /// <summary>The options of <c>sia train</c>.</summary>
    public RunOptions()
    {
        Add("attention", Options.Choice("--attention", "Attention method.", null, [.. AttentionMethod.All.Select(method => method.Name)]));
        Add("tau", Options.Real("--tau", "Length scale of the scale-invariant methods, tokens.", 0, double.PositiveInfinity));
        Add("p-rope", Options.Choice("--p-rope", "Reading of p-RoPE: a half of the pairs, b three quarters of RoPE's, c all pairs.", null, [.. AttentionOptions.PRopeReadings]));
        Add("p-rope-base", Options.Real("--p-rope-base", "Effective base of p-RoPE; 0 is 1024 in proportion to the training context, 1024 at 4096.", 0, double.PositiveInfinity));
        Add("alibi", Options.Choice("--alibi", "Slopes of ALiBi where the number of heads is no power of two.", null, [.. AttentionOptions.AlibiConventions]));
        Add("yarn", Options.Choice("--yarn", "Ramp of YaRN: by a pair's turns in the training context, or by its index.", null, [.. AttentionOptions.YarnRamps]));
        Add("logn", Options.Choice("--logn", "N of LogN: the keys a query sees, or the whole context.", null, [.. AttentionOptions.LogNConventions]));
        Add("data", new Option<string>("--data") { Description = "Text or token shards, a file or a folder; the SDK's XML documentation if left out." });
        Add("tokenizer", new Option<string>("--tokenizer") { Description = "Folder with vocab.json and merges.txt; trained on the data if left out." });
        Add("vocabulary", Options.Whole("--vocabulary", "Token ids of a tokenizer to be trained, or of shards without one.", 1));
        Add("context", Options.Whole("--context", "Training context, tokens.", 1));
        Add("layers", Options.Whole("--layers", "Transformer blocks.", 1));
        Add("width", Options.Whole("--width", "Width of the residual stream.", 1));
        Add("heads", Options.Whole("--heads", "Attention heads.", 1));
        Add("batch-tokens", Options.Whole("--batch-tokens", "Tokens per optimizer step, a multiple of the context.", 1));
        Add("micro-batch-tokens", Options.Whole("--micro-batch-tokens", "Tokens per forward and backward pass; gradients of several are added.", 1));
        Add("steps", Options.Whole("--steps", "Optimizer steps.", 1));
        Add("compute", Options.Choice("--compute", "Type the model computes in: f32, or bf16 with f32 masters, gradients and sums, which takes --device cuda or sim.", null, "f32", "bf16"));
        Add("graph", new Option<bool>("--graph") { Description = "Record forward and backward pass once and replay them as a CUDA graph, with --device cuda or sim; the numbers are the same." });
        Add("schedule", Options.Choice("--schedule", "Learning rate schedule.", null, "constant-linear", "cosine"));
        Add("cooldown-steps", Options.Whole("--cooldown-steps", "Steps of the final linear part of the schedule.", 0));
        Add("optimizer", Options.Choice("--optimizer", "Optimizer of the matrices inside blocks; embedding and head are trained by Adam.", null, "muon", "adamw"));
        Add("muon-rate", Options.Real("--muon-rate", "Learning rate of Muon.", 0, double.PositiveInfinity));
        Add("adamw-rate", Options.Real("--adamw-rate", "Learning rate of AdamW inside blocks.", 0, double.PositiveInfinity));
        Add("weight-decay", Options.Real("--weight-decay", "Decoupled weight decay of AdamW inside blocks.", 0, double.PositiveInfinity));
        Add("embedding-rate", Options.Real("--embedding-rate", "Learning rate of Adam for the embedding.", 0, double.PositiveInfinity));
        Add("head-rate", Options.Real("--head-rate", "Learning rate of Adam for the head.", 0, double.PositiveInfinity));
        Add("clip-norm", Options.Real("--clip-norm", "Largest gradient norm; 0 does not clip.", 0, double.PositiveInfinity));
        Add("sequential-data", new Option<bool>("--sequential-data") { Description = "Read shards in order, as the paper does, rather than windows at random places." });
        Add("eval-every", Options.Whole("--eval-every", "Steps between evaluations; 0 evaluates at the end only.", 0));
        Add("eval-tokens", Options.Whole("--eval-tokens", "Validation tokens per evaluation.", 1));
        Add("checkpoint-every", Options.Whole("--checkpoint-every", "Steps between checkpoints; 0 writes one at the end only.", 0));
        var contexts = Options.Wholes("--eval-contexts", "Contexts to evaluate at, separated by commas; 1, 4 and 16 times the training context if left out.");
        _values.Add(("eval-contexts", contexts, parsed => new JsonArray([.. parsed.GetValue(contexts)!.Select(c => (JsonNode)c)])));
    }

    /// <summary>All options, for a command.</summary>
    public IEnumerable<Symbol> Symbols => [_preset, _config, .. _values.Select(value => value.Option)];

    /// <summary>The configuration a command line describes.</summary>
    /// <exception cref="ArgumentException">A key or value is wrong; one line.</exception>
    public RunConfig Read(ParseResult parsed, CommandContext context, string preset)
    {
        var file = parsed.GetValue(_config) is { } path ? ReadFile(path) : [];
        var name = parsed.GetValue(_preset) ?? file["preset"]?.GetValue<string>() ?? preset;
        var start = Presets.Find(name);
        var node = JsonSerializer.SerializeToNode(start, RunConfig.Json)!.AsObject();
        Merge(node, file);
        foreach (var (key, option, value) in _values)
            if (parsed.Given(option)) node[key] = value(parsed);
        if (parsed.Given(context.Common.Seed) || node["seed"] is null) node["seed"] = context.Seed(parsed);
        return Fit(node, start).Validate();
    }

    private static JsonObject ReadFile(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))?.AsObject() ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"--config takes a JSON file with an object; {path}: {e.Message.Split('\n')[0]}", e);
        }
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (key, value) in source)
        {
            if (!target.ContainsKey(key)) throw new ArgumentException($"--config: no option '{key}'; accepted are {string.Join(", ", target.Select(pair => pair.Key))}");
            target[key] = value?.DeepClone();
        }
    }

    /// <summary>Values that follow from others when they were not given: the micro-batch and the cooldown keep fitting batch and steps.</summary>
    private static RunConfig Fit(JsonObject node, RunConfig start)
    {
        RunConfig config;
        try
        {
            config = node.Deserialize<RunConfig>(RunConfig.Json)!;
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"--config: {e.Message.Split('\n')[0]}", e);
        }

        if (config.CooldownSteps == start.CooldownSteps && config.Steps != start.Steps)
            config = config with { CooldownSteps = (int)((long)start.CooldownSteps * config.Steps / start.Steps) };
        if (config.BatchTokens == start.BatchTokens && config.BatchTokens % config.Context != 0 && config.Context > 0)
            config = config with { BatchTokens = Math.Max(1, config.BatchTokens / config.Context) * config.Context };
        if (config.MicroBatchTokens == start.MicroBatchTokens && config.Context > 0 && config.BatchTokens % config.Context == 0)
            config = config with { MicroBatchTokens = LargestDivisor(config.BatchTokens / config.Context, Math.Max(1, config.MicroBatchTokens / config.Context)) * config.Context };
        return config;
    }

    private static int LargestDivisor(int value, int most)
    {
        var divisor = Math.Min(value, most);
        while (value % divisor != 0) divisor--;
        return divisor;
    }

    private void Add<T>(string key, Option<T> option) => _values.Add((key, option, parsed => JsonValue.Create(parsed.GetValue(option))));
}

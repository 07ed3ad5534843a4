using SiaEngine.Ops;

namespace SiaEngine.Model;

/// <summary>
/// The paper's GPT (arXiv:2505.17083 G.1): x = norm(wte[ids]); per block x += attention(norm(x)), x += mlp(norm(x)); logits = head(norm(x)). RMSNorm without
/// gain, per-head norm of q and k, ReLU², untied head, no biases.
/// </summary>
/// <remarks>
/// Parameters, also the names in checkpoints (C width, V vocabulary, F = 4C):
/// <c>wte.weight</c> [V, C], <c>blocks.N.attn.qkv.weight</c> [3C, C] (rows q, k, v), <c>blocks.N.attn.out.weight</c> [C, C],
/// <c>blocks.N.mlp.up.weight</c> [F, C], <c>blocks.N.mlp.down.weight</c> [C, F], <c>head.weight</c> [V, C]; LogN methods have <c>blocks.N.attn.scale</c> [H, 1],
/// and with trained τ there is its logarithm, <c>blocks.N.attn.log_tau</c> [H, 1].
/// </remarks>
public sealed class Gpt : IDisposable
{
    private readonly Block[] _blocks;
    private readonly Parameter _embedding, _head;

    /// <summary>A model with initial weights drawn from <paramref name="seed"/>; one seed gives the same weights for every method and device.</summary>
    /// <param name="config">Shape.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="compute">f32 on the CPU, f64 for gradient checks, bf16 on a GPU.</param>
    /// <param name="method">Another rule than the configured one, for evaluation.</param>
    public Gpt(GptConfig config, Device device, ulong seed, DType compute = DType.F32, AttentionMethod? method = null)
    {
        (Config, Device) = (config.Validate(), device);
        Tables = new DistanceTables(config, method ?? AttentionMethod.Find(config.Attention), compute, device);
        var parameters = new List<Parameter>();
        _embedding = New("wte.weight", config.Vocabulary, config.Width);
        _blocks = new Block[config.Layers];
        for (var i = 0; i < _blocks.Length; i++) _blocks[i] = new Block(config, Tables, $"blocks.{i}", New);
        _head = New("head.weight", config.Vocabulary, config.Width);
        Parameters = new ParameterSet(parameters);
        for (var i = 0; i < parameters.Count; i++) Initialize(parameters[i], new Philox(seed, (ulong)i));

        Parameter New(string name, int rows, int columns)
        {
            // Scales and τ per head make tables, which are in the accumulator type.
            var parameter = new Parameter(name, [rows, columns], name.EndsWith(".weight", StringComparison.Ordinal) ? compute : compute.Accumulator, device);
            parameters.Add(parameter);
            return parameter;
        }
    }

    /// <summary>Shape of the model.</summary>
    public GptConfig Config { get; }

    /// <summary>Where the model lives.</summary>
    public Device Device { get; }

    /// <summary>All weights.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>Distance and frequency tables of the attention rule.</summary>
    public DistanceTables Tables { get; }

    /// <summary>Final normalised hidden states [B, T, C] of token ids [B, T].</summary>
    public Tensor Hidden(Tensor tokens)
    {
        using var scope = Scope.Enter();
        var x = RmsNorm.Apply(Embedding.Apply(_embedding.Value, tokens), eps: Config.Epsilon);
        foreach (var block in _blocks) x = Config.Checkpointing ? Checkpoint.Apply(block, x) : block.Forward(x);
        return scope.Keep(RmsNorm.Apply(x, eps: Config.Epsilon));
    }

    /// <summary>Runs the blocks over token ids [B, T] without a tape and shows what the attention of each reads.</summary>
    public void Probe(Tensor tokens, AttentionProbe probe)
    {
        using var scope = Scope.Enter();
        using var paused = Tape.Pause();
        var x = RmsNorm.Apply(Embedding.Apply(_embedding.Value, tokens), eps: Config.Epsilon);
        for (var i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, i, probe);
    }

    /// <summary>As <see cref="Hidden(Tensor)"/> for tokens that follow those in the caches, one per block.</summary>
    internal Tensor Hidden(Tensor tokens, ReadOnlySpan<KeyValueCache> caches)
    {
        using var scope = Scope.Enter();
        var x = RmsNorm.Apply(Embedding.Apply(_embedding.Value, tokens), eps: Config.Epsilon);
        for (var i = 0; i < _blocks.Length; i++) x = _blocks[i].Forward(x, caches[i]);
        return scope.Keep(RmsNorm.Apply(x, eps: Config.Epsilon));
    }

    /// <summary>Logits [.., V] of hidden states [.., C].</summary>
    public Tensor Logits(Tensor hidden) => Linear.Apply(hidden, _head.Value);

    /// <summary>Cross-entropy of each target, [B, T] in nats; a target of −1 counts as 0.</summary>
    public Tensor Losses(Tensor tokens, Tensor targets)
    {
        using var scope = Scope.Enter();
        return scope.Keep(CrossEntropy.Apply(Logits(Hidden(tokens)), targets));
    }

    /// <summary>scale · Σ cross-entropy over all targets, as one element; the logits never exist whole.</summary>
    public Tensor Loss(Tensor tokens, Tensor targets, double scale)
    {
        using var scope = Scope.Enter();
        return scope.Keep(LinearCrossEntropy.Apply(Hidden(tokens), _head.Value, targets, scale));
    }

    /// <summary>Losses without a tape, with logits for at most <paramref name="rows"/> positions at a time, so that long contexts fit. Targets and result are [B · T].</summary>
    public Tensor EvaluationLosses(Tensor tokens, Tensor targets, int rows = 2048)
    {
        using var scope = Scope.Enter();
        using var paused = Tape.Pause();
        var count = checked((int)tokens.Count);
        var hidden = Hidden(tokens).As([count, Config.Width]);
        var losses = Tensor.Empty([count], hidden.DType.Accumulator, Device);
        for (var row = 0; row < count; row += rows)
        {
            using var chunk = Scope.Enter();
            var present = Math.Min(rows, count - row);
            losses.Rows(row, present).CopyFrom(CrossEntropy.Apply(Logits(hidden.Rows(row, present)), targets.As([count]).Rows(row, present)));
        }

        return scope.Keep(losses);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters) parameter.Dispose();
        Tables.Dispose();
    }

    private void Initialize(Parameter parameter, Philox random)
    {
        if (parameter.Name.EndsWith(".scale", StringComparison.Ordinal)) Initialization.Constant(parameter, LogN.InitialScale(Config.Context, Config.Options.LogN));
        else if (parameter.Name.EndsWith(".log_tau", StringComparison.Ordinal)) Initialization.Constant(parameter, Math.Log(Config.Options.Tau));
        else if (parameter.Name == "wte.weight") Initialization.Normal(parameter, random);
        else if (parameter.Name == "head.weight" || parameter.Name.EndsWith("out.weight", StringComparison.Ordinal) || parameter.Name.EndsWith("down.weight", StringComparison.Ordinal))
            Initialization.Zero(parameter);
        else Initialization.Uniform(parameter, random);
    }
}

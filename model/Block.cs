using SiaEngine.Ops;

namespace SiaEngine.Model;

/// <summary>One transformer block: x += attention(norm(x)); x += mlp(norm(x)), mlp(h) = down(relu(up(h))²).</summary>
internal sealed class Block : ICheckpointed
{
    private readonly GptConfig _config;
    private readonly DistanceTables _tables;
    private readonly Parameter _qkv, _out, _up, _down;
    private readonly Parameter? _scale, _logTau;

    /// <param name="config">Shape of the model.</param>
    /// <param name="tables">Tables of the attention rule.</param>
    /// <param name="name">What the names of the parameters start with.</param>
    /// <param name="parameter">Makes a parameter of name, rows and columns.</param>
    public Block(GptConfig config, DistanceTables tables, string name, Func<string, int, int, Parameter> parameter)
    {
        (_config, _tables) = (config, tables);
        var (width, hidden) = (config.Width, config.Width * config.MlpFactor);
        _qkv = parameter($"{name}.attn.qkv.weight", 3 * width, width);
        _qkv.Blocks = 3;
        _out = parameter($"{name}.attn.out.weight", width, width);
        _up = parameter($"{name}.mlp.up.weight", hidden, width);
        _down = parameter($"{name}.mlp.down.weight", width, hidden);
        if (config.TrainsTau) _logTau = parameter($"{name}.attn.log_tau", config.Heads, 1);
        if (config.HasRowScale) _scale = parameter($"{name}.attn.scale", config.Heads, 1);
    }

    /// <summary>The residual stream [B, T, C] after this block.</summary>
    public Tensor Forward(Tensor x) => Forward(x, 0, null);

    /// <summary>As <see cref="Forward(Tensor)"/>, showing what the attention of this block, number <paramref name="block"/>, reads.</summary>
    public Tensor Forward(Tensor x, int block, AttentionProbe? probe)
    {
        using var scope = Scope.Enter();
        var tables = _tables.For(x.Shape[1]);
        var qkv = PRope.Apply(Qkv(x), tables.Frequencies, _config.Heads, eps: _config.Epsilon);
        var rowScale = RowScale(tables);
        var (factor, shift) = Distance(tables);
        probe?.Invoke(block, qkv, factor, shift, rowScale);
        return scope.Keep(Rest(x, Attention.Apply(qkv, _config.Heads, factor, shift, rowScale)));
    }

    /// <summary>As <see cref="Forward(Tensor)"/> for positions that follow those in the cache, under the tables of a context as long as the cache has room for.</summary>
    public Tensor Forward(Tensor x, KeyValueCache cache)
    {
        using var scope = Scope.Enter();
        var tables = _tables.For(cache.Capacity);
        var qkv = PRope.Apply(Qkv(x), tables.Frequencies, _config.Heads, cache.Length, eps: _config.Epsilon);
        var (factor, shift) = Distance(tables);
        return scope.Keep(Rest(x, CachedAttention.Apply(qkv, _config.Heads, factor, shift, cache, RowScale(tables))));
    }

    /// <summary>r [H, ≥ T] = s [H, 1] · rows [1, ≥ T], or null: a model trained without a scale has none.</summary>
    private Tensor? RowScale(in DistanceTables.View tables) => _scale is { } scale && tables.Rows is { } rows ? MatMul.Apply(scale.Value, rows) : null;

    /// <summary>a and m: those of the method, or under trained τ those of this block.</summary>
    private (Tensor Factor, Tensor Shift) Distance(in DistanceTables.View tables) =>
        _logTau is { } logTau && tables is { Distances: { } distances, One: { } one } ? ScaleInvariance.Tables(logTau.Value, distances, one) : (tables.Factor, tables.Shift);

    /// <summary>q, k, v before norm and rotation, [B, T, 3C].</summary>
    private Tensor Qkv(Tensor x) => Linear.Apply(RmsNorm.Apply(x, eps: _config.Epsilon), _qkv.Value);

    /// <summary>What follows the attention result <paramref name="attended"/> [B, T, C].</summary>
    private Tensor Rest(Tensor x, Tensor attended)
    {
        x = Linear.Apply(attended, _out.Value, x);
        var hidden = ReluSquared.Apply(Linear.Apply(RmsNorm.Apply(x, eps: _config.Epsilon), _up.Value));
        return Linear.Apply(hidden, _down.Value, x);
    }
}

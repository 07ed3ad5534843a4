using SiaEngine.Ops;

namespace SiaEngine.Model;

/// <summary>A model with a key/value cache per block: token ids go in piece by piece, logits of the last one come out.</summary>
public sealed class Decoder : IDisposable
{
    private readonly Gpt _model;
    private readonly KeyValueCache[] _caches;

    /// <summary>An empty sequence with room for <paramref name="capacity"/> tokens.</summary>
    public Decoder(Gpt model, int capacity)
    {
        _model = model;
        _caches = new KeyValueCache[model.Config.Layers];
        for (var i = 0; i < _caches.Length; i++) _caches[i] = new KeyValueCache(1, capacity, model.Config.Width, model.Parameters[0].Value.DType, model.Device);
    }

    /// <summary>Tokens taken in.</summary>
    public int Length => _caches[0].Length;

    /// <summary>Tokens there is room for.</summary>
    public int Capacity => _caches[0].Capacity;

    /// <summary>Takes in tokens and returns the logits [1, V] that follow the last of them, in f32 when the model computes in bf16; the result belongs to the caller's scope.</summary>
    public Tensor Append(ReadOnlySpan<int> tokens)
    {
        using var scope = Scope.Enter();
        using var paused = Tape.Pause();
        var ids = Tensor.From(tokens, [1, tokens.Length], _model.Device);
        var hidden = _model.Hidden(ids, _caches);
        var last = hidden.As([tokens.Length, _model.Config.Width]).Rows(tokens.Length - 1, 1);
        var logits = _model.Logits(last);
        return scope.Keep(logits.DType == logits.DType.Accumulator ? logits : Cast.Apply(logits, logits.DType.Accumulator));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cache in _caches) cache.Dispose();
    }
}

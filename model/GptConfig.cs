namespace SiaEngine.Model;

/// <summary>Shape of a <see cref="Gpt"/>.</summary>
public sealed record GptConfig
{
    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width C of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads; the head dimension is Width / Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Token ids the model knows.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Context trained at, in tokens; evaluation may be longer.</summary>
    public required int Context { get; init; }

    /// <summary>Name of the <see cref="AttentionMethod"/>.</summary>
    public string Attention { get; init; } = "sia";

    /// <summary>Hyperparameters and readings of the method.</summary>
    public AttentionOptions Options { get; init; } = new();

    /// <summary>Hidden width of the MLP in units of <see cref="Width"/>.</summary>
    public int MlpFactor { get; init; } = 4;

    /// <summary>ε of every norm.</summary>
    public float Epsilon { get; init; } = 1e-6f;

    /// <summary>Recompute each block's activations in the backward pass instead of keeping them.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Number of trained weights.</summary>
    public long Parameters => 2L * Vocabulary * Width + (long)Layers * ((4 + 2 * MlpFactor) * (long)Width * Width + (HasRowScale ? Heads : 0) + (TrainsTau ? Heads : 0));

    /// <summary>Whether every block trains a scale per head.</summary>
    public bool HasRowScale => AttentionMethod.Find(Attention).RowScale is not null;

    /// <summary>Whether every head has a trained τ.</summary>
    public bool TrainsTau => AttentionMethod.Find(Attention).TrainsTau;

    /// <summary>Returns this configuration if it is possible.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or does not divide; the message is one line.</exception>
    public GptConfig Validate()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, long)>)[("layers", Layers), ("width", Width), ("heads", Heads), ("vocabulary", Vocabulary), ("context", Context), ("mlp factor", MlpFactor)])
            if (value < 1) throw new ArgumentException($"model: {name} must be at least 1, not {value}");
        if (Width % Heads != 0 || Width / Heads % 2 != 0) throw new ArgumentException($"model: width {Width} must be a multiple of 2 · heads ({Heads})");
        AttentionMethod.Find(Attention);
        Options.Validate();
        return this;
    }
}

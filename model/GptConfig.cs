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

    /// <summary>τ of the scale-invariant methods, in tokens.</summary>
    public double Tau { get; init; } = ScaleInvariance.Tau;

    /// <summary>Effective base of p-RoPE; 0 stands for 1024 in proportion to the training context (1024 at 4096 tokens).</summary>
    public double PRopeBase { get; init; }

    /// <summary>Hidden width of the MLP in units of <see cref="Width"/>.</summary>
    public int MlpFactor { get; init; } = 4;

    /// <summary>ε of every norm.</summary>
    public float Epsilon { get; init; } = 1e-6f;

    /// <summary>Recompute each block's activations in the backward pass instead of keeping them.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>Number of trained weights.</summary>
    public long Parameters => 2L * Vocabulary * Width + (long)Layers * (4 + 2 * MlpFactor) * Width * Width;

    /// <summary>Returns this configuration if it is possible.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or does not divide; the message is one line.</exception>
    public GptConfig Validate()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, long)>)[("layers", Layers), ("width", Width), ("heads", Heads), ("vocabulary", Vocabulary), ("context", Context), ("mlp factor", MlpFactor)])
            if (value < 1) throw new ArgumentException($"model: {name} must be at least 1, not {value}");
        if (Width % Heads != 0 || Width / Heads % 2 != 0) throw new ArgumentException($"model: width {Width} must be a multiple of 2 · heads ({Heads})");
        if (!(Tau > 0)) throw new ArgumentException($"model: tau must be positive, not {Tau}");
        AttentionMethod.Find(Attention);
        return this;
    }
}

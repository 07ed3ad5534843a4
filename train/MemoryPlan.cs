using System.Globalization;

namespace SiaEngine.Train;

/// <summary>Memory a run will need, computed before it starts.</summary>
/// <param name="Weights">Weights and gradients, bytes.</param>
/// <param name="Moments">Optimizer state, bytes.</param>
/// <param name="Activations">What the forward pass of a micro-batch keeps, logits included, bytes.</param>
public sealed record MemoryPlan(long Weights, long Moments, long Activations)
{
    /// <summary>Everything.</summary>
    public long Total => Weights + Moments + Activations;

    /// <summary>
    /// Masters, gradients and moments are f32; bf16 adds a working copy of the weights and halves the activations. A token keeps per layer: two normalised inputs and the residual stream twice (4C), qkv after norm and rotation (3C), attention output (C),
    /// MLP before and after the activation (2F); once: the final norm (C), the embedding (C) and logits (V), and one more qkv or MLP row (F) of work space.
    /// </summary>
    public static MemoryPlan Of(RunConfig config, int vocabulary)
    {
        var model = config.Model(vocabulary);
        long matrices = model.Parameters - 2L * vocabulary * model.Width, tables = 2L * vocabulary * model.Width;
        long hidden = (long)model.MlpFactor * model.Width;
        var perToken = model.Layers * (8L * model.Width + 2 * hidden) + 2L * model.Width + vocabulary + hidden;
        var (copy, element) = config.Compute == "bf16" ? (2, 2) : (0, 4);
        return new MemoryPlan((2 * sizeof(float) + copy) * model.Parameters, sizeof(float) * (matrices + 2 * tables), element * perToken * config.MicroBatchTokens);
    }

    /// <summary>The plan in words.</summary>
    public string Describe() => $"about {Size(Total)} (weights and gradients {Size(Weights)}, optimizers {Size(Moments)}, activations {Size(Activations)})";

    /// <summary>Bytes in MiB or GiB.</summary>
    public static string Size(long bytes) => bytes < 1L << 30 ? $"{(bytes >> 20) + 1} MiB" : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB");
}

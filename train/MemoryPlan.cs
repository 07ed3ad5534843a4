using System.Globalization;

namespace SiaEngine.Train;

/// <summary>Memory a run will need, computed before it starts.</summary>
/// <param name="Weights">Weights and gradients, bytes.</param>
/// <param name="Moments">Optimizer state, bytes.</param>
/// <param name="Activations">What a micro-batch needs beside them, bytes.</param>
public sealed record MemoryPlan(long Weights, long Moments, long Activations)
{
    /// <summary>Everything.</summary>
    public long Total => Weights + Moments + Activations;

    /// <summary>
    /// Masters, gradients and moments are f32; bf16 adds a working copy of the weights and halves the activations. A token keeps per layer: two normalised inputs (2C), qkv after norm
    /// and rotation (3C), attention output (C), MLP after the activation (F); once: the first and the last norm and the gradient of the last (3C). Work space is a chunk of logits, or two
    /// rows of the MLP and of the residual stream in the backward pass. The only micro-batch of a step has no gradients when its activations are at their largest but the head's.
    /// </summary>
    public static MemoryPlan Of(RunConfig config, int vocabulary, Device device)
    {
        var model = config.Model(vocabulary);
        long tables = (long)vocabulary * model.Width, matrices = model.Parameters - 2 * tables;
        long hidden = (long)model.MlpFactor * model.Width, tokens = config.MicroBatchTokens;
        var (copy, dtype) = config.Compute == "bf16" ? (2, DType.BF16) : (0, DType.F32);
        var kept = tokens * (model.Layers * (6L * model.Width + hidden) + 3L * model.Width);
        var logits = (long)Ops.LinearCrossEntropy.ChunkRows(device, (int)tokens, vocabulary, dtype) * vocabulary;
        var forward = dtype.Size * (kept + Math.Max(logits, 2 * tokens * (hidden + model.Width))) + sizeof(float) * tables;
        var gradients = sizeof(float) * model.Parameters;
        var activations = config.BatchTokens > tokens ? forward : Math.Max(forward - gradients, dtype.Size * 2 * tokens * model.Width);
        return new MemoryPlan((sizeof(float) + copy) * model.Parameters + gradients, sizeof(float) * (matrices + 4 * tables), activations);
    }

    /// <summary>The plan in words.</summary>
    public string Describe() => $"about {Size(Total)} (weights and gradients {Size(Weights)}, optimizers {Size(Moments)}, activations {Size(Activations)})";

    /// <summary>Bytes in MiB or GiB.</summary>
    public static string Size(long bytes) => bytes < 1L << 30 ? $"{(bytes >> 20) + 1} MiB" : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F1} GiB");
}

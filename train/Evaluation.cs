using SiaEngine.Model;
using SiaEngine.Train.Data;

namespace SiaEngine.Train;

/// <summary>
/// Validation loss at several context lengths over the same tokens: the first tokens of the validation shards are cut into consecutive sequences of each
/// length, positions start at 0 in every sequence.
/// </summary>
public sealed class Evaluation
{
    private readonly ushort[] _tokens;

    /// <summary>Reads the first <paramref name="tokens"/> + 1 validation tokens, rounded down to a multiple of the longest context; fewer if the data is shorter.</summary>
    /// <exception cref="DataException">The data is shorter than the longest context.</exception>
    public Evaluation(Dataset data, IReadOnlyList<int> contexts, int tokens)
    {
        Contexts = contexts;
        var longest = contexts.Max();
        using var shard = TokenFile.Open(data.Validation[0]);
        var available = shard.Count - 1;
        if (available < longest) throw new DataException($"{shard.Path}: {available} validation tokens are fewer than the context of {longest}; accepted are contexts up to {available}");
        var count = Math.Min(Math.Max(tokens, longest), available) / longest * longest;
        _tokens = new ushort[count + 1];
        shard.Read(0, _tokens, data.Vocabulary);
    }

    /// <summary>Contexts evaluated at.</summary>
    public IReadOnlyList<int> Contexts { get; }

    /// <summary>Tokens evaluated at every context.</summary>
    public int Tokens => _tokens.Length - 1;

    /// <summary>Losses of a model at every context.</summary>
    public IReadOnlyList<ContextLoss> Run(Gpt model, Action<int>? progress = null, CancellationToken stop = default)
    {
        var results = new List<ContextLoss>();
        foreach (var context in Contexts)
        {
            progress?.Invoke(context);
            results.Add(At(model, context, stop));
        }

        return results;
    }

    private ContextLoss At(Gpt model, int context, CancellationToken stop)
    {
        var (sums, counts) = (new double[32], new long[32]);
        var rows = Math.Max(1, 8192 / context);
        for (var start = 0; start + context <= Tokens; start += rows * context)
        {
            stop.ThrowIfCancellationRequested();
            var present = Math.Min(rows, (Tokens - start) / context);
            var losses = Losses(model, start, present, context);
            for (var i = 0; i < losses.Length; i++)
            {
                var bin = Bin(i % context);
                sums[bin] += losses[i];
                counts[bin]++;
            }
        }

        var positions = new List<PositionLoss>();
        for (var bin = 0; bin < sums.Length && counts[bin] > 0; bin++)
            positions.Add(new PositionLoss(bin == 0 ? 0 : 1 << (bin - 1), Math.Min(context, 1 << bin), sums[bin] / counts[bin]));
        return new ContextLoss(context, sums.Sum() / counts.Sum(), positions);
    }

    private float[] Losses(Gpt model, int start, int rows, int context)
    {
        using var scope = Scope.Enter();
        var (inputs, targets) = (new int[rows * context], new int[rows * context]);
        for (var i = 0; i < inputs.Length; i++) (inputs[i], targets[i]) = (_tokens[start + i], _tokens[start + i + 1]);
        return model.EvaluationLosses(Tensor.From<int>(inputs, [rows, context], model.Device), Tensor.From<int>(targets, [rows * context], model.Device)).ToArray<float>();
    }

    /// <summary>0 for position 0, else 1 + ⌊log2 position⌋.</summary>
    private static int Bin(int position) => position == 0 ? 0 : 1 + System.Numerics.BitOperations.Log2((uint)position);
}

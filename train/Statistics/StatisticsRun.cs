using SiaEngine.Cpu;
using SiaEngine.Model;
using SiaEngine.Ops;
using SiaEngine.Train.Data;

namespace SiaEngine.Train.Statistics;

/// <summary>
/// Attention statistics of a model over validation text. Queries are taken evenly from ranges of positions that double, so that time and memory grow as the
/// context, not as its square.
/// </summary>
/// <param name="model">The model, under the rule to look at.</param>
/// <param name="sequences">Sequences per context, consecutive from the start of the validation tokens.</param>
/// <param name="rows">Most queries per range of positions and sequence.</param>
/// <param name="progress">Told what is being done.</param>
/// <param name="stop">Ends the run.</param>
internal sealed class StatisticsRun(Gpt model, int sequences, int rows, Action<string> progress, CancellationToken stop)
{
    /// <summary>Statistics at every context; fewer sequences where the text does not suffice.</summary>
    /// <exception cref="DataException">The validation tokens are fewer than a context.</exception>
    public IReadOnlyList<ContextStatistics> Execute(Dataset data, IReadOnlyList<int> contexts)
    {
        using var shard = TokenFile.Open(data.Validation[0]);
        if (shard.Count < contexts.Max()) throw new DataException($"{shard.Path}: {shard.Count} validation tokens are fewer than the context of {contexts.Max()}; accepted are contexts up to {shard.Count}");
        var results = new List<ContextStatistics>();
        foreach (var context in contexts)
        {
            var count = (int)Math.Min(sequences, shard.Count / context);
            var tokens = new ushort[context];
            var sums = new AttentionSums[model.Config.Layers];
            for (var layer = 0; layer < sums.Length; layer++) sums[layer] = new(context, HeadDim);
            for (var sequence = 0; sequence < count; sequence++)
            {
                stop.ThrowIfCancellationRequested();
                progress($"context {context}, sequence {sequence + 1} of {count}");
                shard.Read((long)sequence * context, tokens, data.Vocabulary);
                Add(Array.ConvertAll(tokens, token => (int)token), sums);
            }

            results.Add(new(context, count, [.. sums.Select((sum, layer) => sum.Summary(layer))]));
        }

        return results;
    }

    private int HeadDim => model.Config.Width / model.Config.Heads;

    /// <summary>Adds one sequence to the sums of each layer.</summary>
    internal void Add(int[] tokens, AttentionSums[] sums)
    {
        using var scope = Scope.Enter();
        model.Probe(Tensor.From<int>(tokens, [1, tokens.Length], model.Device), (layer, qkv, factor, shift, rowScale) =>
        {
            stop.ThrowIfCancellationRequested();
            var (heads, width, length) = (model.Config.Heads, model.Config.Width, tokens.Length);
            var (values, a, m, r) = (Floats(qkv), Floats(factor), Floats(shift), rowScale is { } scale ? Floats(scale) : null);
            var (aRow, mRow, rRow) = (factor.Shape[1], shift.Shape[1], rowScale?.Shape[1] ?? 0);
            var perHead = new AttentionSums[heads];
            Parallel.For(0, heads, new ParallelOptions { MaxDegreeOfParallelism = RowParallel.Threads }, h =>
            {
                var own = perHead[h] = new(length, HeadDim);
                var keys = values.AsSpan(width + h * HeadDim);
                foreach (var i in Positions(length))
                    own.Add(values.AsSpan(i * 3 * width + h * HeadDim, HeadDim), keys, 3 * width, i, a.AsSpan(factor.Shape[0] == 1 ? 0 : h * aRow, length), m.AsSpan(shift.Shape[0] == 1 ? 0 : h * mRow, length), r is null ? 1 : r[h * rRow + i]);
            });
            // In the order of the heads, so that the sums do not depend on the threads.
            foreach (var own in perHead) sums[layer].Add(own);
        });
    }

    /// <summary>Positions of the queries taken; the last of every range is among them.</summary>
    internal IEnumerable<int> Positions(int length)
    {
        for (var range = 0; AttentionSums.RangeStart(range) < length; range++)
        {
            var start = AttentionSums.RangeStart(range);
            var size = Math.Min(AttentionSums.RangeStart(range + 1), length) - start;
            var taken = Math.Min(rows, size);
            for (var k = 1L; k <= taken; k++) yield return start + (int)(k * size / taken) - 1;
        }
    }

    private static float[] Floats(Tensor x) => (x.DType == DType.F32 ? x : Cast.Apply(x, DType.F32)).ToArray<float>();
}

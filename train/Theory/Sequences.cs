using SiaEngine.Cpu;

namespace SiaEngine.Train.Theory;

/// <summary>
/// Monte Carlo over sequences of independent base logits N(0, 1), by distance from the query. Repeats are keyed by (seed, repeat), so a result depends neither on the
/// number of threads nor on how often it is asked for.
/// </summary>
internal static class Sequences
{
    private const int Tasks = 16;

    /// <summary>Means over repeats of what <paramref name="measure"/> writes for one sequence of <paramref name="length"/> base logits.</summary>
    /// <param name="length">Keys, distances 0 … length − 1.</param>
    /// <param name="repeats">Sequences.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="quantities">Numbers that a measurement gives.</param>
    /// <param name="measure">Reads base logits, writes the numbers.</param>
    /// <param name="stop">Ends the work.</param>
    public static Estimate[] Run(int length, int repeats, ulong seed, int quantities, Measurement measure, CancellationToken stop)
    {
        var (sums, squares) = (new double[Tasks][], new double[Tasks][]);
        Parallel.For(0, Tasks, new ParallelOptions { MaxDegreeOfParallelism = RowParallel.Threads, CancellationToken = stop }, task =>
        {
            var (logits, values) = (new double[length], new double[quantities]);
            (sums[task], squares[task]) = (new double[quantities], new double[quantities]);
            for (var repeat = task; repeat < repeats; repeat += Tasks)
            {
                stop.ThrowIfCancellationRequested();
                var random = new Philox(seed, (ulong)repeat);
                for (var t = 0; t < length; t++) logits[t] = random.Normal((ulong)t);
                measure(logits, values);
                for (var q = 0; q < quantities; q++)
                {
                    sums[task][q] += values[q];
                    squares[task][q] += values[q] * values[q];
                }
            }
        });
        // In the order of the tasks, whatever order they ran in.
        return [.. Enumerable.Range(0, quantities).Select(q => Estimate.Of(repeats, sums.Sum(part => part[q]), squares.Sum(part => part[q])))];
    }

    /// <summary>Numbers measured on one sequence.</summary>
    public delegate void Measurement(ReadOnlySpan<double> logits, Span<double> values);
}

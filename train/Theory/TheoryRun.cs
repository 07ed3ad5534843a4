using SiaEngine.Model;

namespace SiaEngine.Train.Theory;

/// <summary>Everything <c>sia theory</c> computes: closed forms, Monte Carlo behind Figures 1 (top row), 2 and 6, and the verdicts on Definitions 3.1 to 3.4.</summary>
internal sealed class TheoryRun
{
    private const double Tau = ScaleInvariance.Tau;
    private const double LogNScale = 0.4;
    private const int LastKeys = 100;

    private readonly List<TheoryCheck> _checks = [];
    private readonly ulong _seed;
    private readonly double _effort;
    private readonly CancellationToken _stop;

    /// <summary>Runs all of it.</summary>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="effort">Factor on the number of repeats; 1 takes under a minute on two cores.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="stop">Ends the work.</param>
    public TheoryRun(ulong seed, double effort, Action<string> progress, CancellationToken stop)
    {
        (_seed, _effort, _stop) = (seed, effort, stop);
        progress("closed forms");
        ClosedForms();
        for (var i = 0; i < TheoryTables.Starts.Length; i++)
        {
            progress($"entropy of ranges that start at {TheoryTables.Starts[i]}");
            Ranges(i);
        }

        for (var i = 0; i < TheoryTables.Keys.Length; i++)
        {
            progress($"attention over {TheoryTables.Keys[i]} keys");
            Figure1(i);
        }

        Definitions();
    }

    /// <summary>All numbers beside what they should be.</summary>
    public IReadOnlyList<TheoryCheck> Checks => _checks;

    /// <summary>E[H over [t, tΔ)], scale-invariant: [Δ][t].</summary>
    public Estimate[][] ScaleInvariantEntropy { get; } = [.. TheoryTables.Deltas.Select(_ => new Estimate[TheoryTables.Starts.Length])];

    /// <summary>E[H over [t, tΔ)] without a transform: [Δ][t].</summary>
    public Estimate[][] PlainEntropy { get; } = [.. TheoryTables.Deltas.Select(_ => new Estimate[TheoryTables.Starts.Length])];

    /// <summary>For each number of keys of Figure 1: entropy without a transform, with LogN, scale-invariant; the share of the last 100 keys of each; entropy in fixed ranges of each.</summary>
    public Estimate[][] Global { get; } = new Estimate[TheoryTables.Keys.Length][];

    private void ClosedForms()
    {
        foreach (var (t, a, m) in TheoryTables.Schedule)
        {
            _checks.Add(TheoryCheck.Exact("Schedule, tau = 10", $"a_{t}", a, ScaleInvariance.Factor(t), 1e-6));
            _checks.Add(TheoryCheck.Exact("Schedule, tau = 10", $"m_{t}", m, ScaleInvariance.Shift(t), 1e-6));
            _checks.Add(TheoryCheck.Exact("Lemma 1", $"E[exp L_{t}] (1 + t/tau)", Lemmas.Alpha, Lemmas.ExpectedWeight(t, Tau) * (1 + t / Tau), 1e-10));
            _checks.Add(TheoryCheck.Exact("Lemma 2", $"E[L_{t} exp L_{t}] (1 + t/tau)", Lemmas.Alpha, Lemmas.ExpectedNegentropy(t, Tau) * (1 + t / Tau), 1e-10));
        }

        for (var d = 0; d < TheoryTables.Deltas.Length; d++)
        {
            var delta = TheoryTables.Deltas[d];
            for (var i = 0; i < TheoryTables.Starts.Length; i++)
            {
                var t = TheoryTables.Starts[i];
                var exact = Lemmas.ExpectedTotal(t, (double)t * delta, Tau);
                _checks.Add(TheoryCheck.Exact("Theorem 1", $"E[Z over [{t}, {(long)t * delta})] = E[N]", TheoryTables.Totals[d][i], exact, 1e-4));
                if (t > 1000) continue;
                var sum = 0.0;
                for (var s = t; s < t * delta; s++) sum += Lemmas.ExpectedWeight(s, Tau);
                _checks.Add(TheoryCheck.Exact("Theorem 1", $"the same, term by term, from {t}, Delta = {delta}", exact, sum, 1e-8));
            }
        }
    }

    private void Ranges(int index)
    {
        var start = TheoryTables.Starts[index];
        var length = start * TheoryTables.Deltas[^1];
        int[] ends = [start, .. TheoryTables.Deltas.Select(delta => start * delta)];
        var (factor, shift, one, zero) = Tables(length);
        var deltas = TheoryTables.Deltas.Length;
        // Per repeat: entropy and total of every width, scale-invariant and plain.
        var found = Sequences.Run(length, Repeats(start), _seed + (ulong)index, 3 * deltas, (logits, values) =>
        {
            Span<double> weights = stackalloc double[4], negentropies = stackalloc double[4];
            var sia = new Attended(logits, ends, factor, shift, weights, negentropies);
            for (var d = 0; d < deltas; d++) (values[d], values[deltas + d]) = (sia.Entropy(0, d + 1), sia.Total(0, d + 1));
            var plain = new Attended(logits, ends, one, zero, weights, negentropies);
            for (var d = 0; d < deltas; d++) values[2 * deltas + d] = plain.Entropy(0, d + 1);
        }, _stop);
        for (var d = 0; d < deltas; d++)
        {
            var (delta, (mean, error)) = (TheoryTables.Deltas[d], TheoryTables.ScaleInvariantEntropy[d][index]);
            (ScaleInvariantEntropy[d][index], PlainEntropy[d][index]) = (found[d], found[2 * deltas + d]);
            _checks.Add(TheoryCheck.Sampled("Figure 2", $"E[H over [{start}, {(long)start * delta})]", mean, error, found[d]));
            if (d != 1 && index < 4) _checks.Add(TheoryCheck.Sampled("Figure 6", $"E[H over [{start}, {(long)start * delta})], no transform", TheoryTables.PlainEntropy[d / 2][index], 0.001, found[2 * deltas + d]));
            // Z has heavy tails: its standard error is exact, not sampled, and further out its mean rests on events too rare to sample at all.
            if (index < 2 && d != 1) _checks.Add(TheoryCheck.Sampled("Theorem 1", $"sampled E[Z over [{start}, {start * delta})]", TheoryTables.Totals[d][index], 0,
                    new Estimate(found[deltas + d].Mean, Math.Sqrt(Lemmas.Variance(start, start * delta, Tau) / Repeats(start)))));
        }
    }

    private void Figure1(int index)
    {
        var keys = TheoryTables.Keys[index];
        var (factor, shift, one, zero) = Tables(keys);
        var logN = new double[keys];
        logN.AsSpan().Fill(LogNScale * Math.Log(keys));
        int[] ends = [10, .. TheoryTables.Keys.Where(n => n <= keys)];
        var ranges = ends.Length - 1;
        var found = Sequences.Run(keys, Repeats(keys / 10), _seed + 100 + (ulong)index, 6 + 3 * ranges, (logits, values) =>
        {
            Span<double> weights = stackalloc double[8], negentropies = stackalloc double[8];
            for (var rule = 0; rule < 3; rule++)
            {
                var attended = new Attended(logits, ends, rule switch { 0 => one, 1 => logN, _ => factor }, rule == 2 ? shift : zero, weights, negentropies);
                values[rule] = attended.Entropy(-1, ends.Length - 1);
                values[3 + rule] = attended.Total(-1, 1) / attended.Total(-1, ends.Length - 1);
                for (var range = 0; range < ranges; range++) values[6 + 3 * range + rule] = attended.Entropy(range, range + 1);
            }
        }, _stop);
        Global[index] = found;
        string[] rules = ["no transform", "LogN s = 0.4", "scale-invariant"];
        for (var q = 0; q < 6; q++)
        {
            var (expected, rounding) = (TheoryTables.Figure1[index][q], TheoryTables.Figure1Rounding[index][q]);
            // The published means have standard errors of their own, of the order of ours.
            _checks.Add(TheoryCheck.Sampled("Figure 1, top", $"{(q < 3 ? "entropy" : $"share of the last {LastKeys} keys")} over {keys} keys, {rules[q % 3]}", expected, found[q].Error, found[q], rounding + (q < 3 ? 0.01 : 0.001)));
        }

        for (var range = 0; range < Math.Min(ranges, TheoryTables.FixedRanges.Length) && index > 0; range++)
        {
            var (from, to, entropy) = TheoryTables.FixedRanges[range];
            if (to <= keys && !double.IsNaN(entropy[index - 1]))
                _checks.Add(TheoryCheck.Sampled("Figure 1, top", $"entropy inside [{from}, {to}) of {keys} keys, LogN s = 0.4", entropy[index - 1], found[7 + 3 * range].Error, found[7 + 3 * range], 0.02));
        }
    }

    private void Definitions()
    {
        var (starts, entropy) = (TheoryTables.Starts, ScaleInvariantEntropy[^1]);
        foreach (var delta in TheoryTables.Deltas)
        {
            var far = Lemmas.ExpectedTotal(10_000, 10_000.0 * delta, Tau) / Lemmas.Limit(delta, Tau);
            _checks.Add(TheoryCheck.Exact("Definitions 3.1 and 3.2", $"E[Z] = E[N] over [10000, {10_000 * delta}) in units of its limit", 1, far, 1e-3));
        }

        var ratios = entropy.Select((h, i) => h.Mean / Math.Log(starts[i])).ToArray();
        _checks.Add(TheoryCheck.Statement("Definition 3.3 (weak sparsity)", $"E[H] / ln t falls: {string.Join(", ", ratios.Select(TheoryCheck.Number))}", ratios.Zip(ratios.Skip(1)).All(pair => pair.Second < pair.First)));
        var (slope, _) = Line([.. starts.Select(t => Math.Sqrt(Math.Log(t)))], [.. entropy.Select(h => h.Mean)]);
        _checks.Add(TheoryCheck.Exact("Definition 3.4 (strong sparsity)", "does not hold: slope of E[H] against sqrt(ln t), Delta = 10", 1, slope, 0.25));
        var (plain, _) = Line([.. starts.Select(t => Math.Log(t))], [.. PlainEntropy[^1].Select(h => h.Mean)]);
        _checks.Add(TheoryCheck.Exact("No transform", "neither holds: slope of E[H] against ln t, Delta = 10", 1, plain, 0.01));
        var shares = Global.Skip(1).Select(row => row[5].Mean).ToArray();
        _checks.Add(TheoryCheck.Statement("Figure 1, top", $"nearby keys keep their weight: shares of the last {LastKeys}, scale-invariant: {string.Join(", ", shares.Select(TheoryCheck.Number))}", shares.All(share => share > 0.25)));
    }

    /// <summary>Least-squares line: slope and intercept.</summary>
    public static (double Slope, double Intercept) Line(double[] x, double[] y)
    {
        var (mx, my) = (x.Average(), y.Average());
        var slope = x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
        return (slope, my - slope * mx);
    }

    private int Repeats(int start) => (int)Math.Max(16, _effort * start switch { <= 10 => 100_000, <= 100 => 20_000, <= 1000 => 3000, <= 10_000 => 400, _ => 60 });

    private static (double[] Factor, double[] Shift, double[] One, double[] Zero) Tables(int length)
    {
        var (factor, shift, one) = (new double[length], new double[length], new double[length]);
        for (var t = 0; t < length; t++) (factor[t], shift[t], one[t]) = (ScaleInvariance.Factor(t), ScaleInvariance.Shift(t), 1);
        return (factor, shift, one, new double[length]);
    }
}

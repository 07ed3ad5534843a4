namespace SiaEngine.Train.Theory;

/// <summary>Running totals of attention weights exp(L) along a sequence, from which the entropy of any range follows: H = ln Z − Σ w L / Z, w = exp(L).</summary>
internal readonly ref struct Attended
{
    private readonly Span<double> _weights, _negentropies;

    /// <summary>Totals at the given ends of ranges, ascending, for logits factor(t) · x_t + shift(t).</summary>
    public Attended(ReadOnlySpan<double> logits, ReadOnlySpan<int> ends, ReadOnlySpan<double> factor, ReadOnlySpan<double> shift, Span<double> weights, Span<double> negentropies)
    {
        _weights = weights;
        _negentropies = negentropies;
        var (z, n, t) = (0.0, 0.0, 0);
        for (var e = 0; e < ends.Length; e++)
        {
            for (; t < ends[e]; t++)
            {
                var logit = factor[t] * logits[t] + shift[t];
                var weight = Math.Exp(logit);
                z += weight;
                n += weight * logit;
            }

            (weights[e], negentropies[e]) = (z, n);
        }
    }

    /// <summary>Total attention Z between two ends.</summary>
    public double Total(int from, int to) => _weights[to] - (from < 0 ? 0 : _weights[from]);

    /// <summary>Entropy of the attention between two ends, normalised there, in nats.</summary>
    public double Entropy(int from, int to)
    {
        var z = Total(from, to);
        return Math.Log(z) - (_negentropies[to] - (from < 0 ? 0 : _negentropies[from])) / z;
    }
}

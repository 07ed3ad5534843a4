using System.Numerics;
using System.Numerics.Tensors;

namespace SiaEngine.Train.Statistics;

/// <summary>
/// Sums over attention rows, one row at a time: logits of one query are all that is ever held. Entropy of a set of keys with weights w = exp(L):
/// H = ln Z − Σ w L / Z, Z = Σ w, unchanged when all L move by a constant.
/// </summary>
internal sealed class AttentionSums
{
    private const int Decades = 8, Near = 100;

    private readonly int _context, _headDim;
    private readonly Totals[] _ranges;
    private readonly ScoreHistogram _scores;
    private readonly double[] _logits;

    /// <summary>Sums for sequences of <paramref name="context"/> tokens and heads of <paramref name="headDim"/> dimensions.</summary>
    public AttentionSums(int context, int headDim)
    {
        (_context, _headDim, _logits) = (context, headDim, new double[context]);
        _ranges = new Totals[Range(context - 1) + 1];
        for (var i = 0; i < _ranges.Length; i++) _ranges[i] = new();
        // |q| = |k| = √D after the norm.
        _scores = new ScoreHistogram(1.001 * Math.Sqrt(headDim));
    }

    /// <summary>Range of a query's position: [0, 1), [1, 2), [2, 4), …</summary>
    public static int Range(int position) => position == 0 ? 0 : 1 + BitOperations.Log2((uint)position);

    /// <summary>First position of a range; the range ends where the next starts.</summary>
    public static int RangeStart(int range) => range == 0 ? 0 : 1 << (range - 1);

    /// <summary>First distance of a decade: 0, 1, 10, 100, …</summary>
    public static int DecadeStart(int decade) => decade == 0 ? 0 : (int)Math.Pow(10, decade - 1);

    /// <summary>Adds the row of the query at <paramref name="position"/>.</summary>
    /// <param name="query">q of one head, D values.</param>
    /// <param name="keys">k of the same head from position 0 on, a position every <paramref name="stride"/> values.</param>
    /// <param name="stride">Values from one key to the next.</param>
    /// <param name="position">i.</param>
    /// <param name="factor">a by distance.</param>
    /// <param name="shift">m by distance.</param>
    /// <param name="rowScale">r of this row.</param>
    public void Add(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, int stride, int position, ReadOnlySpan<float> factor, ReadOnlySpan<float> shift, double rowScale)
    {
        var (root, top) = (1 / Math.Sqrt(_headDim), double.NegativeInfinity);
        for (var j = 0; j <= position; j++)
        {
            var t = position - j;
            var score = root * TensorPrimitives.Dot(query, keys.Slice(j * stride, _headDim));
            if (t > 0 && j > 0) _scores.Add(score);
            var logit = factor[t] * rowScale * score + shift[t];
            _logits[t] = logit;
            top = Math.Max(top, logit);
        }

        Span<double> mass = stackalloc double[Decades], negentropy = stackalloc double[Decades];
        var last = 0.0;
        for (var d = 0; DecadeStart(d) <= position; d++)
        {
            var (z, n) = (0.0, 0.0);
            for (var t = DecadeStart(d); t < Math.Min(DecadeStart(d + 1), position + 1); t++)
            {
                var weight = Math.Exp(_logits[t] - top);
                // exp(L) L goes to 0 with exp(L); a hidden key has L = −∞.
                if (weight == 0) continue;
                z += weight;
                n += weight * (_logits[t] - top);
                if (t < Near) last += weight;
            }

            (mass[d], negentropy[d]) = (z, n);
        }

        _ranges[Range(position)].Add(mass, negentropy, last);
    }

    /// <summary>Adds the sums of other rows of the same shape.</summary>
    public void Add(AttentionSums other)
    {
        for (var i = 0; i < _ranges.Length; i++) _ranges[i].Add(other._ranges[i]);
        _scores.Add(other._scores);
    }

    /// <summary>Means of everything added.</summary>
    public LayerStatistics Summary(int layer)
    {
        var rows = new List<RowStatistics>();
        for (var range = 0; range < _ranges.Length; range++)
            if (_ranges[range].Rows > 0) rows.Add(_ranges[range].Summary(RangeStart(range), Math.Min(RangeStart(range + 1), _context)));
        return new(layer, rows, _scores.Summary());
    }

    /// <summary>Sums over the rows of one range of positions.</summary>
    private sealed class Totals
    {
        private readonly double[] _mass = new double[Decades], _entropies = new double[Decades];
        private readonly long[] _counts = new long[Decades];
        private double _entropy, _last;

        public long Rows { get; private set; }

        public void Add(ReadOnlySpan<double> mass, ReadOnlySpan<double> negentropy, double last)
        {
            var (z, n) = (0.0, 0.0);
            for (var d = 0; d < Decades; d++) (z, n) = (z + mass[d], n + negentropy[d]);
            for (var d = 0; d < Decades; d++)
            {
                if (mass[d] == 0) continue;
                _mass[d] += mass[d] / z;
                _entropies[d] += Math.Log(mass[d]) - negentropy[d] / mass[d];
                _counts[d]++;
            }

            _entropy += Math.Log(z) - n / z;
            _last += last / z;
            Rows++;
        }

        public void Add(Totals other)
        {
            for (var d = 0; d < Decades; d++) (_mass[d], _entropies[d], _counts[d]) = (_mass[d] + other._mass[d], _entropies[d] + other._entropies[d], _counts[d] + other._counts[d]);
            (_entropy, _last, Rows) = (_entropy + other._entropy, _last + other._last, Rows + other.Rows);
        }

        public RowStatistics Summary(int start, int end)
        {
            var distances = new List<DistanceStatistics>();
            for (var d = 0; DecadeStart(d) < end; d++)
                distances.Add(new(DecadeStart(d), DecadeStart(d + 1), DecadeStart(d + 1) <= start + 1, _mass[d] / Rows, _counts[d] == 0 ? null : _entropies[d] / _counts[d]));
            return new(start, end, Rows, _entropy / Rows, _last / Rows, distances);
        }
    }
}

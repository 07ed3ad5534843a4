namespace SiaEngine.Train.Statistics;

/// <summary>Moments and quantiles of attention scores in memory that does not grow with their number: bins of equal width over ±limit.</summary>
internal sealed class ScoreHistogram(double limit)
{
    private const int Bins = 16_384;

    private readonly long[] _counts = new long[Bins];
    private readonly double[] _powers = new double[4];

    /// <summary>Scores added.</summary>
    public long Count { get; private set; }

    /// <summary>Width of a bin, which bounds the error of a quantile.</summary>
    public double Width => 2 * limit / Bins;

    /// <summary>Counts a score; one beyond the limit falls into the last bin.</summary>
    public void Add(double score)
    {
        _counts[(int)Math.Clamp((score + limit) / Width, 0, Bins - 1)]++;
        Count++;
        var power = score;
        for (var i = 0; i < _powers.Length; i++, power *= score) _powers[i] += power;
    }

    /// <summary>Counts everything another histogram of the same limit counted.</summary>
    public void Add(ScoreHistogram other)
    {
        for (var i = 0; i < Bins; i++) _counts[i] += other._counts[i];
        for (var i = 0; i < _powers.Length; i++) _powers[i] += other._powers[i];
        Count += other.Count;
    }

    /// <summary>The score below which a share of the scores lies.</summary>
    public double Quantile(double share)
    {
        var (target, before) = (share * Count, 0L);
        for (var i = 0; i < Bins; i++)
        {
            if (before + _counts[i] >= target && _counts[i] > 0) return -limit + Width * (i + Math.Clamp((target - before) / _counts[i], 0, 1));
            before += _counts[i];
        }

        return limit;
    }

    /// <summary>Moments, and quantiles at every quarter of a standard deviation where the scores are numerous enough to have any.</summary>
    public ScoreStatistics Summary()
    {
        var raw = Array.ConvertAll(_powers, sum => sum / Math.Max(1, Count));
        var (mean, variance) = (raw[0], Math.Max(0, raw[1] - raw[0] * raw[0]));
        var third = raw[2] - 3 * mean * raw[1] + 2 * mean * mean * mean;
        var fourth = raw[3] - 4 * mean * raw[2] + 6 * mean * mean * raw[1] - 3 * mean * mean * mean * mean;
        var points = new List<QuantilePoint>();
        for (var z = -4.0; z <= 4; z += 0.25)
        {
            var share = Normal(z);
            if (Math.Min(share, 1 - share) * Count >= 10) points.Add(new(z, Quantile(share)));
        }

        return new(Count, mean, Math.Sqrt(variance), variance > 0 ? third / Math.Pow(variance, 1.5) : 0, variance > 0 ? fourth / (variance * variance) - 3 : 0, points);
    }

    /// <summary>Distribution function of the standard normal, by Simpson's rule over 200 intervals.</summary>
    public static double Normal(double z)
    {
        const int Intervals = 200;
        var (step, sum) = (z / Intervals, 0.0);
        for (var i = 0; i <= Intervals; i++) sum += (i is 0 or Intervals ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-0.5 * i * step * i * step);
        return 0.5 + sum * step / 3 / Math.Sqrt(2 * Math.PI);
    }
}

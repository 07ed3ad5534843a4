using System.Diagnostics;

namespace SiaEngine.Train.Commands;

/// <summary>Repeats a piece of work and times it: warm-up runs first, then until both the count and the least total time are met.</summary>
internal sealed record Stopwatches(int Warmup, int Repetitions, double LeastSeconds, CancellationToken Stop)
{
    private const int Most = 2000;

    /// <summary>Seconds of each timed run, sorted.</summary>
    public double[] Measure(Action body) => MeasureParts(() =>
    {
        var start = Stopwatch.GetTimestamp();
        body();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    /// <summary>As <see cref="Measure"/> for work that times its own relevant part.</summary>
    public double[] MeasureParts(Func<double> body)
    {
        for (var i = 0; i < Warmup; i++) body();
        var times = new List<double>();
        var total = Stopwatch.StartNew();
        while (times.Count < Repetitions || (total.Elapsed.TotalSeconds < LeastSeconds && times.Count < Most))
        {
            Stop.ThrowIfCancellationRequested();
            times.Add(body());
        }

        times.Sort();
        return [.. times];
    }
}

using System.Diagnostics;

namespace SiaEngine.Train.Commands;

/// <summary>Repeats a piece of work and times it: warm-up runs first, then until both the count and the least total time are met.</summary>
/// <param name="Warmup">Untimed runs.</param>
/// <param name="Repetitions">Fewest timed runs.</param>
/// <param name="LeastSeconds">Least time they take together.</param>
/// <param name="Stop">Ends between runs.</param>
/// <param name="WarmupSeconds">Least time of the warm-up, so that the JIT has compiled what runs often.</param>
internal sealed record Stopwatches(int Warmup, int Repetitions, double LeastSeconds, CancellationToken Stop, double WarmupSeconds = 0)
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
        var total = Stopwatch.StartNew();
        for (var i = 0; i < Warmup || total.Elapsed.TotalSeconds < WarmupSeconds; i++)
        {
            Stop.ThrowIfCancellationRequested();
            body();
        }

        var times = new List<double>();
        total.Restart();
        while (times.Count < Repetitions || (total.Elapsed.TotalSeconds < LeastSeconds && times.Count < Most))
        {
            Stop.ThrowIfCancellationRequested();
            times.Add(body());
        }

        times.Sort();
        return [.. times];
    }
}

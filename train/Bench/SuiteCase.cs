using System.Globalization;

namespace SiaEngine.Train.Bench;

/// <summary>One line of the suite's table.</summary>
/// <param name="Section">Table it stands in.</param>
/// <param name="Name">What is timed, without the threads.</param>
/// <param name="Threads">Threads of both sides.</param>
/// <param name="Ours">Arguments of <c>sia bench</c>.</param>
/// <param name="Peer">Arguments of the peer; with <paramref name="Role"/>, those that come before the variant; null where there is none.</param>
/// <param name="Timing">Runs on either side.</param>
/// <param name="Target">Least ratio asked for; 0 where none is.</param>
/// <param name="Role">Which of the variants that were looked at before is the peer.</param>
internal sealed record SuiteCase(string Section, string Name, int Threads, string Ours, string? Peer, SuiteTiming Timing, double Target = 0, PeerRole Role = PeerRole.Fixed)
{
    /// <summary>Tells the results of a suite apart.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Name}, {Threads} thread{(Threads == 1 ? "" : "s")}");

    /// <summary>Useful floating-point operations of one run, for estimates of time.</summary>
    public double Work { get; init; }

    /// <summary>A library beside which our product is timed instead of the peer.</summary>
    public string? Blas { get; init; }

    /// <summary>Seconds it takes on slow cores, for the time left.</summary>
    public double Estimate
    {
        get
        {
            var once = Work / (60e9 * Threads) + 1e-4;
            // The peer repeats at least five times.
            double Run(double count) => once * (Timing.Warmup + Math.Max(count, Timing.LeastMilliseconds / 1000.0 / once));
            return Role == PeerRole.Look ? 2 + Run(5) : 2.5 + Timing.Pairs * (Run(Timing.Repetitions) + (Peer is null ? 0 : 2 + Run(5)));
        }
    }
}

/// <summary>How often things are run: the fewest timed runs, the least time they take together, and pairs of such.</summary>
internal sealed record SuiteTiming(int Warmup, int Repetitions, int LeastMilliseconds, int Pairs)
{
    /// <summary>As options of <c>sia bench</c>.</summary>
    public string[] Options => ["--warmup", $"{Warmup}", "--reps", $"{Repetitions}", "--least-ms", $"{LeastMilliseconds}"];
}

/// <summary>What stands on the peer's side of a case.</summary>
internal enum PeerRole
{
    /// <summary>The peer's arguments as they are.</summary>
    Fixed,

    /// <summary>The peer alone, to find its fastest variant.</summary>
    Look,

    /// <summary>The fastest variant.</summary>
    Best,

    /// <summary>The fastest variant that computes scale-invariant attention.</summary>
    BestScaleInvariant,
}

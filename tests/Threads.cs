using SiaEngine.Cpu;

namespace SiaEngine.Tests;

/// <summary>Tests that set the number of threads run alone, so that the team is free and really works in parallel.</summary>
[CollectionDefinition(nameof(Threads), DisableParallelization = true)]
public class Threads
{
    /// <summary>Requires the same bits from <paramref name="run"/> at 1, 2 and 3 threads.</summary>
    internal static void GiveTheSameBits(Func<double[]> run)
    {
        var before = RowParallel.Threads;
        try
        {
            RowParallel.Threads = 1;
            var one = run();
            Assert.NotEmpty(one);
            foreach (var threads in (int[])[2, 3])
            {
                RowParallel.Threads = threads;
                for (var repeat = 0; repeat < 3; repeat++) Assert.Equal(one.Select(BitConverter.DoubleToInt64Bits), run().Select(BitConverter.DoubleToInt64Bits));
            }
        }
        finally
        {
            RowParallel.Threads = before;
        }
    }
}

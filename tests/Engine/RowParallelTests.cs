using SiaEngine.Cpu;

namespace SiaEngine.Tests.Engine;

public class RowParallelTests
{
    [Fact]
    public void Runs_every_index_once()
    {
        for (var repeat = 0; repeat < 200; repeat++)
        {
            var hits = new int[257];
            RowParallel.For(hits.Length, new State(hits), static (s, i) => Interlocked.Increment(ref s.Hits[i]));
            Assert.All(hits, hit => Assert.Equal(1, hit));
        }
    }

    [Fact]
    public void Nested_and_concurrent_calls_run_too()
    {
        var hits = new int[64];
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() => RowParallel.For(8, new State(hits), static (outer, i) =>
            RowParallel.For(8, (outer.Hits, i), static (s, j) => Interlocked.Increment(ref s.Hits[s.i * 8 + j]))))).ToArray();
        foreach (var caller in callers) caller.Start();
        foreach (var caller in callers) caller.Join();
        Assert.All(hits, hit => Assert.Equal(4, hit));
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_team_works_on()
    {
        Assert.Throws<InvalidOperationException>(() => RowParallel.For(100, new State([]), static (_, i) =>
        {
            if (i == 42) throw new InvalidOperationException("42");
        }));
        Runs_every_index_once();
    }

    [Fact]
    public void Allocates_nothing_once_warm()
    {
        var state = new State(new int[100]);
        for (var i = 0; i < 10; i++) Run(state);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Run(state);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Run(State state) => RowParallel.For(100, state, static (s, j) => s.Hits[j]++);
    }

    private readonly record struct State(int[] Hits);
}

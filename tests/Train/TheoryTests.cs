using SiaEngine.Train.Theory;

namespace SiaEngine.Tests.Train;

/// <summary>The numbers of the paper's theory, with a twentieth of the samples that <c>sia theory</c> takes; seeds are literal, so these do not flicker.</summary>
public class TheoryTests
{
    [Theory, InlineData(1, -0.57721566490153286), InlineData(0.5, -1.9635100260214235), InlineData(10, 2.2517525890667211), InlineData(1000.5, 6.9077553206486378)]
    public void Digamma_has_its_known_values(double x, double expected)
    {
        if (x < 1000) Assert.Equal(expected, Digamma.Of(x), 13);
        Assert.Equal(1 / x, Digamma.Of(x + 1) - Digamma.Of(x), 1e-13 * Math.Max(1, 1 / x));
    }

    [Fact]
    public void Every_number_lies_in_its_band_and_a_wrong_one_would_not()
    {
        var run = new TheoryRun(1, 0.05, _ => { }, TestContext.Current.CancellationToken);
        Assert.All(run.Checks, check => Assert.True(check.Holds, $"{check.Section}, {check.Name}: {check.Found}, expected {check.Expected}, band {check.Band}"));
        Assert.True(run.Checks.Count > 120);
        Assert.Equal(["Definition 3.3 (weak sparsity)", "Definition 3.4 (strong sparsity)", "Definitions 3.1 and 3.2", "Figure 1, top", "Figure 2", "Figure 6", "Lemma 1", "Lemma 2", "No transform", "Schedule, tau = 10", "Theorem 1"],
            run.Checks.Select(check => check.Section).Distinct().Order(StringComparer.Ordinal));
        // Two transforms are told apart: the plain entropies are not in the bands of the scale-invariant ones.
        Assert.All(Enumerable.Range(1, 4), i => Assert.False(TheoryCheck.Sampled("", "", TheoryTables.ScaleInvariantEntropy[2][i].Mean, TheoryTables.ScaleInvariantEntropy[2][i].Error, run.PlainEntropy[2][i]).Holds));
    }

    [Fact]
    public void Samples_do_not_depend_on_the_number_of_threads()
    {
        static void Sum(ReadOnlySpan<double> logits, Span<double> values) => values[0] = logits[0] + logits[^1];
        var one = Sequences.Run(5, 100, 7, 1, Sum, TestContext.Current.CancellationToken);
        Assert.Equal(one, Sequences.Run(5, 100, 7, 1, Sum, TestContext.Current.CancellationToken));
        Assert.InRange(one[0].Mean, -0.6, 0.6);
        Assert.InRange(one[0].Error, 0.1, 0.2);
    }
}

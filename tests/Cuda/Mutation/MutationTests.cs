using System.Diagnostics;
using SiaEngine.Cpu;
using SiaEngine.Cuda;
using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>
/// The checks of the simulator and the comparison of results find every change of a kernel that matters; the rest is explained. SIA_UPDATE_DOCS=1 writes
/// docs/mutation.md.
/// </summary>
public class MutationTests
{
    private static readonly Schedule[] Schedules = [Schedule.InOrder, Schedule.Shuffled(1)];

    [Fact]
    public void EveryKernelIsLaunched()
    {
        var launched = MutatedKernel.All.Select(k => k.Name).ToHashSet();
        var missing = from name in PtxLibrary.Names
                      from entry in Parser.Parse(PtxLibrary.Load(name)).Functions.Values
                      where entry.IsEntry && !launched.Contains(entry.Name)
                      where !entry.Name.Contains("bf16", StringComparison.Ordinal) && !entry.Name.Contains("_d64_", StringComparison.Ordinal)
                      where !entry.Name.Contains("_d128_", StringComparison.Ordinal) && !entry.Name.Contains("_d256_", StringComparison.Ordinal)
                      select entry.Name;
        Assert.Empty(missing);
    }

    [Fact]
    public void KernelsAreCleanUnderEverySchedule()
    {
        var reports = new string[MutatedKernel.All.Count];
        RowParallel.For(reports.Length, new Reports(reports), static (reports, i) =>
        {
            var kernel = MutatedKernel.All[i];
            var verdict = Verdict.Of(kernel.Source, kernel.Name, kernel.Launches, Schedule.InOrder, Schedule.Shuffled(1), Schedule.Shuffled(2), Schedule.Shuffled(3));
            reports.Lines[i] = verdict.Outcome == Outcome.Survived ? "" : $"{kernel.Name}: {verdict.Outcome} {verdict.Message}\n";
        });
        Assert.Equal("", string.Concat(reports));
    }

    [Fact]
    public void EveryInstructionIsReached()
    {
        var unreached = from kernel in MutatedKernel.All
                        from instruction in kernel.Unreached
                        select $"{kernel.Name} {kernel.Source.Place(instruction.Line)} {instruction}";
        Assert.Empty(unreached);
    }

    [Fact]
    public void MutantsAreCaughtOrEquivalent()
    {
        JudgedMutant[] mutants = [.. MutatedKernel.All.SelectMany(kernel => kernel.Mutants.Select(mutant => new JudgedMutant(kernel, mutant)))];
        var clock = Stopwatch.GetTimestamp();
        RowParallel.For(mutants.Length, new Batch(mutants), static (batch, i) => batch.Mutants[i].Judge(Schedules));
        TestContext.Current.SendDiagnosticMessage($"{mutants.Length} mutants in {Stopwatch.GetElapsedTime(clock).TotalSeconds:F1} s");

        var table = new MutationTable(mutants);
        if (Environment.GetEnvironmentVariable("SIA_UPDATE_DOCS") == "1") table.Write();
        var unexplained = mutants.Where(m => m.Verdict.Outcome == Outcome.Survived && m.Reason.Length == 0).Select(m => m.ToString()).ToList();
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} of {mutants.Length} mutants survive and are not in equivalent.txt:\n{string.Join('\n', unexplained)}");
        foreach (var equivalent in Equivalent.All)
            Assert.True(mutants.Any(m => m.Verdict.Outcome == Outcome.Survived && !m.IsUnread && equivalent.Matches(m.Kernel.File, m.Mutant)), $"no mutant survives for '{equivalent}'");
        table.AssertCommitted();
    }

    private readonly record struct Reports(string[] Lines);

    private readonly record struct Batch(JudgedMutant[] Mutants);
}

using System.Text;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>docs/mutation.md.</summary>
internal sealed class MutationTable(IReadOnlyList<JudgedMutant> mutants)
{
    private const string Command = "SIA_UPDATE_DOCS=1 tests/bin/Release/net10.0/SiaEngine.Tests -class SiaEngine.Tests.Cuda.Mutation.MutationTests";

    private static string FilePath => Path.Combine(Repository.Root, "docs", "mutation.md");

    private IEnumerable<JudgedMutant> Survivors => mutants.Where(m => m.Verdict.Outcome == Outcome.Survived);

    /// <summary>Writes the file.</summary>
    public void Write()
    {
        var text = new StringBuilder();
        text.Append($"""
            # Mutants of the kernels

            Every kernel is broken on purpose, one instruction at a time, and run on the simulator: barriers and waits removed or weakened, masks and distances of shuffles,
            layouts of `ldmatrix`, offsets, strides and axes, guards and comparisons, signs, initial values, stores. A mutant is caught by a check of the simulator (a report), by
            the instruction limit, by its result, or by the parser. The result is compared with the original's bit by bit; "last bits" are differences below 1e-5 of the largest
            value. What survives is listed with the reason why it changes nothing.

            Mutants run in order, and if they survive under a shuffled schedule, on small shapes in f32 (the last step of the ladder, and what runs on
            tensor cores, in bf16); streaming attention with heads of up to 32 columns, its gradients on tensor cores with heads of up to 64 and a row scale. Of an instruction that a
            template unrolls the first and the last copy are broken, of barriers and waits every copy. The unbroken kernels run clean and give the same bits in order and under
            three shuffled schedules.

            A mutant with more than one fault may be caught in another way in another run, since blocks run on several threads; what survives is always the same.
            `dotnet test` runs all of it and compares mutants and survivors with this page, which `{Command}` writes.

            | File | Mutants | Report | Limit | Result | Last bits | Parser | Equivalent |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var file in mutants.GroupBy(m => m.Kernel.File)) text.Append(Row(file.Key, file));
        text.Append(Row("**all**", mutants));
        text.Append("\n| Mutation | Mutants | Report | Limit | Result | Last bits | Parser | Equivalent |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var rule in mutants.GroupBy(m => m.Mutant.Rule).OrderBy(g => g.Key, StringComparer.Ordinal)) text.Append(Row(rule.Key, rule));
        text.Append("\n| Report | Mutants |\n|---|---|\n");
        foreach (var fault in mutants.Where(m => m.Verdict.Outcome == Outcome.Report).GroupBy(m => m.Verdict.Fault).OrderByDescending(g => g.Count()).ThenBy(g => g.Key))
            text.Append($"| {fault.Key} | {fault.Count()} |\n");
        text.Append($"\nCaught only when the order is shuffled: {mutants.Count(m => m.Verdict.Shuffled)}. Races are found by what orders two accesses, not by which comes first.\n");
        text.Append($"\n## Equivalent mutants\n\nFound by data flow: {JudgedMutant.Unread} ({Survivors.Count(m => m.IsUnread)}). The others were reviewed, tests/Cuda/Mutation/equivalent.txt:\n\n");
        foreach (var equivalent in Equivalent.All)
            text.Append($"- {equivalent.File}: `{equivalent.Instruction}`, {equivalent.Rule} ({Survivors.Count(m => !m.IsUnread && m.Reason == equivalent.Reason && equivalent.Matches(m.Kernel.File, m.Mutant))}): {equivalent.Reason}\n");
        File.WriteAllText(FilePath, text.ToString());
    }

    /// <summary>
    /// The committed page has the numbers of mutants and survivors of this run. How the others are caught may differ by a few: blocks run on several threads, and a
    /// mutant that has more than one fault is stopped by the first that is met.
    /// </summary>
    public void AssertCommitted()
    {
        var committed = File.ReadAllLines(FilePath).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => Ends(line)).ToHashSet();
        foreach (var group in mutants.GroupBy(m => m.Kernel.File).Concat(mutants.GroupBy(m => m.Mutant.Rule)))
        {
            var row = Row(group.Key, group).TrimEnd('\n');
            Assert.True(committed.Contains(Ends(row)), $"docs/mutation.md has other numbers of mutants or survivors than the row {row}\nWrite it anew: {Command}");
        }
    }

    /// <summary>Name, mutants and survivors of a row.</summary>
    private static (string, string, string) Ends(string row)
    {
        var cells = row.Split('|');
        return (cells[1], cells[2], cells[^2]);
    }

    private static string Row(string name, IEnumerable<JudgedMutant> group)
    {
        var counts = new int[6];
        var all = 0;
        foreach (var mutant in group)
        {
            counts[(int)mutant.Verdict.Outcome]++;
            all++;
        }

        return $"| {name} | {all} | {counts[(int)Outcome.Report]} | {counts[(int)Outcome.Limit]} | {counts[(int)Outcome.Result]} | {counts[(int)Outcome.Bits]} | {counts[(int)Outcome.Rejected]} | {counts[(int)Outcome.Survived]} |\n";
    }
}

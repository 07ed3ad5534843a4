using System.IO.Enumeration;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>Mutants that change nothing, by file, instruction and mutation, where <c>*</c> stands for anything; and why. The list is <c>equivalent.txt</c>.</summary>
internal sealed record Equivalent(string File, string Instruction, string Rule, string Reason)
{
    /// <summary>The reviewed list.</summary>
    public static IReadOnlyList<Equivalent> All { get; } = Read(Path.Combine(Repository.Root, "tests", "Cuda", "Mutation", "equivalent.txt"));

    /// <summary>Whether a mutant is meant.</summary>
    public bool Matches(string kernelFile, Mutant mutant) => FileSystemName.MatchesSimpleExpression(File, kernelFile) && FileSystemName.MatchesSimpleExpression(Rule, mutant.Rule)
        && FileSystemName.MatchesSimpleExpression(Instruction.Replace("\\", "\\\\", StringComparison.Ordinal), mutant.Original);

    private static List<Equivalent> Read(string path)
    {
        var all = new List<Equivalent>();
        foreach (var line in System.IO.File.ReadAllLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split(" | ");
            if (parts.Length != 4) throw new InvalidDataException($"{path}: '{line}' is not FILE | INSTRUCTION | MUTATION | REASON");
            all.Add(new(parts[0].Trim(), parts[1].Trim(), parts[2].Trim(), parts[3].Trim()));
        }

        return all;
    }
}

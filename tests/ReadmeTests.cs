using System.Text.RegularExpressions;
using SiaEngine.Train;

namespace SiaEngine.Tests;

/// <summary>What the README tells people to type exists, and what it points at is there.</summary>
public partial class ReadmeTests
{
    private static readonly string[] Pages = ["README.md", .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file))];

    public static TheoryData<string> Commands
    {
        get
        {
            var commands = new TheoryData<string>();
            foreach (var command in Pages.SelectMany(page => Call().Matches(Text(page)).Select(match => match.Groups[1].Value.Trim())).Distinct()) commands.Add(command);
            return commands;
        }
    }

    public static TheoryData<string> Documents => [.. Pages];

    [Theory, MemberData(nameof(Commands))]
    public void A_command_of_the_pages_is_one_the_program_takes(string command)
    {
        using var nowhere = new StringWriter();
        var parsed = Program.Root(new Screen(nowhere, nowhere, interactive: false), TestContext.Current.CancellationToken).Parse(command);
        Assert.True(parsed.Errors.Count == 0, $"{command}: {string.Join("; ", parsed.Errors.Select(error => error.Message))}");
    }

    [Theory, MemberData(nameof(Documents))]
    public void A_link_or_a_path_of_the_pages_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        foreach (var link in Link().Matches(Text(page)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
            Assert.True(Path.Exists(Path.Combine(folder, link)), $"{page}: {link} does not exist");
        foreach (var path in SourcePath().Matches(Text(page)).Select(match => match.Groups[1].Value))
            Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{page}: {path} does not exist");
    }

    [Fact]
    public void The_test_command_is_the_one_that_ci_calls() =>
        Assert.Contains("dotnet test -c Release", File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")), StringComparison.Ordinal);

    private static string Text(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    /// <summary>Arguments behind <c>--project train --</c> at the start of a line, or of <c>sia</c> in a code span.</summary>
    [GeneratedRegex(@"(?:--project train -- |`sia )([^`\n]+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:engine|cuda|model|train|tests|native|docs)/[\w/.-]+\.(?:cs|ptx|md))`")]
    private static partial Regex SourcePath();
}

using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace SiaEngine.Tests;

/// <summary>build.ps1 parses, and every task calls dotnet as the README says; no PowerShell installation is needed.</summary>
public class BuildScriptTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "build.ps1");

    [Fact]
    public void Parses_without_errors()
    {
        Parser.ParseFile(Script, out _, out var errors);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("build", "build -c Release SiaEngine.sln")]
    [InlineData("test", "test -c Release")]
    [InlineData("demo", "run -c Release --project train -- demo")]
    [InlineData("bench", "run -c Release --project train -- bench train-step tiny --method sia")]
    public void A_task_runs_one_dotnet_command(string task, string command)
    {
        var calls = Run(task, exitCode: 0, out var exit);
        Assert.Equal([command], calls);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void A_failing_command_is_the_exit_code()
    {
        Run("test", exitCode: 7, out var exit);
        Assert.Equal(7, exit);
    }

    [Fact]
    public void An_unknown_task_is_refused() => Assert.ThrowsAny<RuntimeException>(() => Run("deploy", 0, out _));

    private static string[] Run(string task, int exitCode, out int exit)
    {
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        // A function named dotnet stands in for the program and records its arguments.
        shell.AddScript($$"""
            $global:calls = @()
            $global:LASTEXITCODE = 0
            function global:dotnet { $global:calls += ($args -join ' '); $global:LASTEXITCODE = {{exitCode}} }
            """).Invoke();
        shell.Commands.Clear();
        shell.AddCommand(Script).AddParameter("Task", task).Invoke();
        exit = runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int code ? code : 0;
        return [.. ((System.Collections.IEnumerable)runspace.SessionStateProxy.GetVariable("calls")).Cast<object>().Select(call => call.ToString()!)];
    }
}

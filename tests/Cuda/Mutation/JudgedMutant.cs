using SiaEngine.Cuda.Simulator;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>A mutant and what became of it.</summary>
internal sealed class JudgedMutant(MutatedKernel kernel, Mutant mutant)
{
    /// <summary>The reason that is found by data flow.</summary>
    public const string Unread = "no later instruction reads what it computes";

    /// <summary>The kernel.</summary>
    public MutatedKernel Kernel { get; } = kernel;

    /// <summary>The change.</summary>
    public Mutant Mutant { get; } = mutant;

    /// <summary>What became of it.</summary>
    public Verdict Verdict { get; private set; }

    /// <summary>Why it changes nothing, or nothing.</summary>
    public string Reason => IsUnread ? Unread : Equivalent.All.FirstOrDefault(e => e.Matches(Kernel.File, Mutant))?.Reason ?? "";

    /// <summary>Whether data flow shows that the changed value is not used.</summary>
    public bool IsUnread => Mutant.Family is "index" or "sign" or "mask" or "init" or "guard" && Kernel.Dead.Contains((Mutant.Line, Mutant.Column));

    /// <summary>Runs it.</summary>
    public void Judge(Schedule[] schedules)
    {
        try
        {
            Verdict = Verdict.Of(Mutant.In(Kernel.Source), Kernel.Name, Kernel.Launches, schedules);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"the simulator breaks on {this}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kernel.File} | {Mutant.Original} | {Mutant.Rule} | {Kernel.Name} {Kernel.Source.Place(Mutant.Line)}: {Mutant.Replacement}";
}

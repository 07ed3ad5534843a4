using SiaEngine.Cuda;

namespace SiaEngine.Tests.Cuda.Mutation;

/// <summary>A kernel with one instruction changed.</summary>
/// <param name="Rule">The mutation, as in <c>barrier: removed</c>; what stands before the colon is its family.</param>
/// <param name="Line">Line of the expanded text.</param>
/// <param name="Column">Column of the opcode.</param>
/// <param name="Original">The instruction with its guard, blanks collapsed.</param>
/// <param name="Replacement">What stands there instead; empty if nothing.</param>
/// <param name="Start">Where it stands in the text.</param>
/// <param name="End">Behind its semicolon.</param>
internal sealed record Mutant(string Rule, int Line, int Column, string Original, string Replacement, int Start, int End)
{
    /// <summary>Family of the mutation.</summary>
    public string Family => Rule[..Rule.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The kernel with the change.</summary>
    public PtxSource In(PtxSource source) => source with { Text = string.Concat(source.Text.AsSpan(0, Start), Replacement, source.Text.AsSpan(End)) };
}

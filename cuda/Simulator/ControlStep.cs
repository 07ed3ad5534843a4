namespace SiaEngine.Cuda.Simulator;

/// <summary>A step the interpreter carries out itself.</summary>
/// <param name="kind">What it does.</param>
internal class ControlStep(StepKind kind) : Step
{
    /// <inheritdoc/>
    public override StepKind Kind => kind;

    /// <inheritdoc/>
    public sealed override void Execute(Warp warp, uint mask) => throw new InvalidOperationException($"'{Source}' belongs to the interpreter");
}

/// <summary><c>bra</c>, a return from a function laid out in place, or the jump round a guarded call.</summary>
/// <param name="uniform">Whether all lanes must agree (<c>.uni</c>).</param>
internal sealed class BranchStep(bool uniform) : ControlStep(StepKind.Branch)
{
    /// <summary>Whether all lanes must agree.</summary>
    public bool Uniform { get; } = uniform;

    /// <summary>Where it goes; known when the function around it is complete.</summary>
    public int Target { get; set; }
}

/// <summary><c>brx.idx</c>.</summary>
/// <param name="index">Register with the number of the target.</param>
/// <param name="targets">Positions of the table.</param>
/// <param name="uniform">Whether all lanes must agree (<c>.uni</c>).</param>
internal sealed class BranchTableStep(Slot index, int[] targets, bool uniform) : ControlStep(StepKind.BranchTable)
{
    /// <summary>Register with the number of the target.</summary>
    public Slot Index { get; } = index;

    /// <summary>Positions of the table; filled when the function around it is complete.</summary>
    public int[] Targets { get; } = targets;

    /// <summary>Whether all lanes must agree.</summary>
    public bool Uniform { get; } = uniform;
}

/// <summary>A step without effect, such as <c>pmevent</c>.</summary>
internal sealed class NoStep : Step
{
    /// <inheritdoc/>
    public override void Execute(Warp warp, uint mask)
    {
    }
}

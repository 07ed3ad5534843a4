namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A compiled instruction: everything that can be decided from the text has been. The executor checks that the lanes read hold values, calls
/// <see cref="Execute"/> for the lanes whose guard is true, and marks the lanes written.
/// </summary>
internal abstract class Step
{
    /// <summary>The instruction as parsed.</summary>
    public Instruction Source { get; private set; } = null!;

    /// <summary>Position in the compiled kernel.</summary>
    public int Pc { get; private set; }

    /// <summary>How the interpreter treats it.</summary>
    public virtual StepKind Kind => StepKind.Plain;

    /// <summary>Guard predicate; its Index is −1 and <see cref="HasGuard"/> false if there is none.</summary>
    public Slot Guard { get; private set; }

    /// <summary>Whether lanes are masked by <see cref="Guard"/>.</summary>
    public bool HasGuard { get; private set; }

    /// <summary>Whether the guard is negated.</summary>
    public bool GuardNegated { get; private set; }

    /// <summary>Registers that must hold values, by Index.</summary>
    public int[] Reads { get; private set; } = [];

    /// <summary>Registers that hold values afterwards, by Index.</summary>
    public int[] Writes { get; private set; } = [];

    /// <summary>Floating-point operations per lane: add, sub, mul, div, root and transcendental 1, fused multiply-add 2, packed types twice that.</summary>
    public virtual int FlopsPerLane => 0;

    /// <summary>Floating-point operations of a whole warp on tensor cores: 2 · m · n · k.</summary>
    public virtual int TensorFlops => 0;

    /// <summary>Does the work for the lanes in <paramref name="mask"/>, which is not 0.</summary>
    public abstract void Execute(Warp warp, uint mask);

    /// <summary><see cref="Kind"/>, without the virtual call.</summary>
    internal StepKind Class { get; private set; }

    /// <summary>Fixes what the compiler knows; called once.</summary>
    internal void Place(Instruction source, int pc, Slot? guard, bool negated, int[] reads, int[] writes, bool clock)
    {
        (Source, Pc, Reads, Writes) = (source, pc, reads, writes);
        (Guard, HasGuard, GuardNegated) = (guard ?? new Slot(0, 0, -1), guard is not null, negated);
        Class = clock && Kind == StepKind.Plain ? StepKind.Clock : Kind;
    }
}

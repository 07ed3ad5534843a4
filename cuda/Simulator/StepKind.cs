namespace SiaEngine.Cuda.Simulator;

/// <summary>How the interpreter treats a step.</summary>
internal enum StepKind : byte
{
    /// <summary>Executed for the active lanes; the next instruction follows.</summary>
    Plain,

    /// <summary>As <see cref="Plain"/>, but reads a clock that must be set first.</summary>
    Clock,

    /// <summary>Waits for the lanes of its member mask (<see cref="WarpSyncStep"/>).</summary>
    WarpSync,

    /// <summary><see cref="BranchStep"/>.</summary>
    Branch,

    /// <summary><see cref="BranchTableStep"/>.</summary>
    BranchTable,

    /// <summary>Ends the active lanes.</summary>
    Exit,

    /// <summary><see cref="BarrierStep"/>.</summary>
    Barrier,

    /// <summary>Gives other warps and blocks a turn.</summary>
    Sleep,

    /// <summary>Stops the launch.</summary>
    Trap,
}

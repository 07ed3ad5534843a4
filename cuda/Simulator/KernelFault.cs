namespace SiaEngine.Cuda.Simulator;

/// <summary>What a check of the simulator found.</summary>
public enum KernelFault
{
    /// <summary>An address outside every live allocation, or outside the tensors given to the launch.</summary>
    OutOfBounds,

    /// <summary>An address that is not a multiple of the access size.</summary>
    Misaligned,

    /// <summary>A register, shared, local or global byte read before anything was written to it.</summary>
    Uninitialised,

    /// <summary>Two threads touch the same bytes, one writes, and nothing orders them.</summary>
    Race,

    /// <summary>Threads wait for each other for ever, or at different barriers.</summary>
    Deadlock,

    /// <summary>A barrier that threads of one warp reach apart, with a wrong thread count, or that some never reach.</summary>
    Barrier,

    /// <summary>A <c>.sync</c> instruction whose mask does not name the executing lane, or names lanes that never come.</summary>
    WarpMask,

    /// <summary>Bytes of an asynchronous copy used before its wait.</summary>
    AsyncCopy,

    /// <summary>Write to const or parameter memory, or another access the state space forbids.</summary>
    Forbidden,

    /// <summary>A branch marked uniform whose lanes disagree.</summary>
    Divergence,

    /// <summary>More instructions than the limit of the launch.</summary>
    InstructionLimit,

    /// <summary><c>trap</c>, or a shape or parameter the kernel does not allow.</summary>
    Trap,
}

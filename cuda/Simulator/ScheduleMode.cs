namespace SiaEngine.Cuda.Simulator;

/// <summary>Kind of <see cref="Schedule"/>.</summary>
public enum ScheduleMode : byte
{
    /// <summary>Blocks and warps in the order of their numbers, each as far as it gets.</summary>
    InOrder,

    /// <summary>Blocks in random order, warps in turns of random length, the fragments of a diverged warp in random order.</summary>
    Shuffled,
}

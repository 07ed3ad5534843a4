namespace SiaEngine.Cuda.Simulator;

/// <summary>Order in which a launch runs. Race-free kernels give the same result under every one.</summary>
/// <param name="Mode">Kind of order.</param>
/// <param name="Seed">Seed of the random choices.</param>
public readonly record struct Schedule(ScheduleMode Mode, int Seed = 0)
{
    /// <summary>Blocks and warps in the order of their numbers.</summary>
    public static Schedule InOrder => default;

    /// <summary>A random order.</summary>
    public static Schedule Shuffled(int seed) => new(ScheduleMode.Shuffled, seed);
}

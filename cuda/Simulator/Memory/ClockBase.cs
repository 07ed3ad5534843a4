namespace SiaEngine.Cuda.Simulator;

/// <summary>What threads of a block know of each other since a barrier: for every thread the clock up to which its accesses come before. Never changes.</summary>
internal sealed class ClockBase
{
    /// <summary>Nothing is known.</summary>
    public static readonly ClockBase Empty = new(0);

    /// <summary>The same clock for every thread.</summary>
    public ClockBase(int uniform) => Uniform = Floor = uniform;

    /// <summary>A clock for each thread.</summary>
    public ClockBase(int[] values)
    {
        Values = values;
        Floor = int.MaxValue;
        foreach (var value in values) Floor = Math.Min(Floor, value);
    }

    /// <summary>Clock of every thread if <see cref="Values"/> is null.</summary>
    public int Uniform { get; }

    /// <summary>Clock of each thread, or null.</summary>
    public int[]? Values { get; }

    /// <summary>Smallest clock.</summary>
    public int Floor { get; }

    /// <summary>Clock of a thread.</summary>
    public int this[int thread] => Values is null ? Uniform : Values[thread];
}

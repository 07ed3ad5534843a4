namespace SiaEngine.Cuda.Simulator;

/// <summary>Lanes of a warp that stand at the same instruction.</summary>
internal struct Fragment
{
    /// <summary>The lanes.</summary>
    public uint Mask;

    /// <summary>Where they stand.</summary>
    public int Pc;

    /// <summary>What they wait for.</summary>
    public FragmentState State;

    /// <summary>Number of the block barrier they wait at.</summary>
    public int Barrier;

    /// <summary>Lanes they wait for at a warp-synchronous step.</summary>
    public uint Wanted;

    /// <summary>Backward branches since it was chosen, while others could run.</summary>
    public int Loops;

    /// <summary>Whether it lets others run first.</summary>
    public bool Yielded;
}

/// <summary>Whether a <see cref="Fragment"/> can run.</summary>
internal enum FragmentState : byte
{
    /// <summary>It can.</summary>
    Ready,

    /// <summary>It waits at a <see cref="WarpSyncStep"/> for other lanes of the warp.</summary>
    Lanes,

    /// <summary>It waits at an aligned barrier for the rest of the warp.</summary>
    Warp,

    /// <summary>It waits at a barrier of the block.</summary>
    Block,
}

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// What a block's threads share: shared memory with its record of who touched what, the local memory of each thread, and the vector clocks that say which
/// accesses are ordered. The executor reports every synchronisation here.
/// </summary>
internal sealed unsafe class BlockMemory
{
    /// <summary>Memory of one block.</summary>
    /// <param name="launch">Global memory of the launch.</param>
    /// <param name="block">Linear block number.</param>
    /// <param name="threads">Threads of the block.</param>
    /// <param name="sharedBytes">Static and dynamic shared memory.</param>
    /// <param name="localBytes">Local memory per thread.</param>
    public BlockMemory(LaunchMemory launch, long block, int threads, int sharedBytes, int localBytes) =>
        (Launch, Block, Threads, SharedBytes, LocalBytes) = (launch, block, threads, sharedBytes, localBytes);

    /// <summary>Global memory of the launch.</summary>
    public LaunchMemory Launch { get; }

    /// <summary>Linear block number.</summary>
    public long Block { get; }

    /// <summary>Threads of the block.</summary>
    public int Threads { get; }

    /// <summary>Static and dynamic shared memory.</summary>
    public int SharedBytes { get; }

    /// <summary>Local memory per thread.</summary>
    public int LocalBytes { get; }

    /// <summary>The threads of these warps' masks have met at a block barrier: what any did before comes before what each does next.</summary>
    public void Barrier(ReadOnlySpan<(Warp Warp, uint Mask)> threads) => throw new NotSupportedException();

    /// <summary>As <see cref="Barrier"/> for lanes of one warp (<c>bar.warp.sync</c>).</summary>
    public void WarpBarrier(Warp warp, uint mask) => throw new NotSupportedException();
}

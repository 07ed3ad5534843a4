using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// What a block's threads share: shared memory with its record of who touched what, the local memory of each thread, and the vector clocks that say which
/// accesses are ordered. The executor reports every synchronisation here.
/// </summary>
internal sealed unsafe class BlockMemory : IDisposable
{
    private byte[]? _local;
    private ulong[]? _localWritten;

    /// <summary>Memory of one block.</summary>
    /// <param name="launch">Global memory of the launch.</param>
    /// <param name="block">Linear block number.</param>
    /// <param name="threads">Threads of the block.</param>
    /// <param name="sharedBytes">Static and dynamic shared memory.</param>
    /// <param name="localBytes">Local memory per thread.</param>
    public BlockMemory(LaunchMemory launch, long block, int threads, int sharedBytes, int localBytes)
    {
        (Launch, Block, Threads, SharedBytes, LocalBytes) = (launch, block, threads, sharedBytes, localBytes);
        Clocks = new ThreadClocks(block, threads);
        Shared = launch.Memory.Rent(sharedBytes);
        Shared.Begin();
        Copies = new AsyncCopies(this);
    }

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

    /// <summary>Which accesses come before which.</summary>
    public ThreadClocks Clocks { get; }

    /// <summary>Shared memory.</summary>
    public SharedBuffer Shared { get; private set; }

    /// <summary>Asynchronous copies on their way.</summary>
    public AsyncCopies Copies { get; }

    /// <summary>Words of shared memory through which threads were ordered.</summary>
    public Dictionary<ulong, SyncLocation> SyncLocations { get; } = [];

    /// <summary>Local memory, thread after thread.</summary>
    public byte* Local
    {
        get
        {
            if (_local is null)
            {
                _local = GC.AllocateUninitializedArray<byte>(Threads * LocalStride + 16, pinned: true);
                _localWritten = GC.AllocateArray<ulong>(Threads * LocalStride / 64 + 1, pinned: true);
            }

            return (byte*)((nint)(Pointer(_local) + 15) & ~15);
        }
    }

    /// <summary>Which bytes of local memory were written; valid once <see cref="Local"/> was asked for.</summary>
    public ulong* LocalWritten => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_localWritten!));

    /// <summary>Bytes from the local memory of one thread to that of the next.</summary>
    public int LocalStride => LocalBytes + 15 & ~15;

    /// <summary>The threads of these warps' masks have met at a block barrier: what any did before comes before what each does next. What exited lanes of the warps
    /// did is known, too; a warp that has exited whole may be given with mask 0.</summary>
    public void Barrier(ReadOnlySpan<(Warp Warp, uint Mask)> threads) => Clocks.Barrier(threads, []);

    /// <summary>As above with threads that had only arrived (<c>bar.arrive</c>): they release, and do not acquire.</summary>
    public void Barrier(ReadOnlySpan<(Warp Warp, uint Mask)> waiting, ReadOnlySpan<ClockSnapshot> arrived) => Clocks.Barrier(waiting, arrived);

    /// <summary>What a thread has done when it arrives at a barrier without waiting there; kept until the barrier completes.</summary>
    public ClockSnapshot Arrive(Warp warp, int lane) => Clocks.Arrive(warp.Index * 32 + lane);

    /// <summary>As <see cref="Barrier(ReadOnlySpan{ValueTuple{Warp, uint}})"/> for lanes of one warp (<c>bar.warp.sync</c>).</summary>
    public void WarpBarrier(Warp warp, uint mask) => Clocks.WarpBarrier(warp, mask);

    /// <summary>Ends the block; its shared memory goes to another.</summary>
    public void Dispose()
    {
        if (Shared is not null) Launch.Memory.Return(Shared);
        Shared = null!;
    }

    private static byte* Pointer(byte[] array) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}

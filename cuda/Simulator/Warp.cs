using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Thirty-two lanes in lockstep: their register file and where they stand.</summary>
internal sealed unsafe class Warp
{
    /// <summary>Register file; see <see cref="Slot"/> for its layout.</summary>
    public byte* File { get; init; }

    /// <summary>For every register, the lanes that hold a value.</summary>
    public uint* Defined { get; init; }

    /// <summary>Number within the block; thread = 32 · Index + lane.</summary>
    public int Index { get; init; }

    /// <summary>Linear number of the block.</summary>
    public long Block { get; set; }

    /// <summary>Lanes that exist: the last warp of a block may be short.</summary>
    public uint Lanes { get; set; }

    /// <summary>Lanes that have exited.</summary>
    public uint Exited { get; set; }

    /// <summary>What the block shares.</summary>
    public BlockMemory Memory { get; set; } = null!;

    /// <summary>What the grid shares.</summary>
    public KernelLaunch Launch { get; set; } = null!;

    /// <summary>Counters of the host thread that runs the block.</summary>
    public KernelCounters Counters { get; set; } = null!;

    /// <summary>Steps the warp has run; the clock of its threads.</summary>
    public long Clock { get; set; }

    /// <summary>The lanes by where they stand; the first <see cref="FragmentCount"/> are in use.</summary>
    public Fragment[] Fragments { get; } = new Fragment[32];

    /// <summary>Number of fragments.</summary>
    public int FragmentCount { get; set; }

    /// <summary>Whether a thread asked to sleep: the turn ends.</summary>
    public bool Slept { get; set; }

    /// <summary>Lanes that exist and have not exited.</summary>
    public uint Alive => Lanes & ~Exited;

    /// <summary>Recorder of addresses if this is the watched warp, else null.</summary>
    public Probe? Probe { get; set; }

    /// <summary>Marks lanes of a register as holding a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetDefined(int register, uint mask) => Defined[register] |= mask;

    /// <summary>Adds lanes that can run.</summary>
    public void Add(uint mask, int pc) => Add(new Fragment { Mask = mask, Pc = pc });

    /// <summary>Adds a fragment.</summary>
    public void Add(in Fragment fragment) => Fragments[FragmentCount++] = fragment;

    /// <summary>Adds lanes that wait for others of the warp: their instruction counts as issued when it runs for all of them.</summary>
    public void Park(in Fragment fragment)
    {
        Counters.Executions[fragment.Pc]--;
        Add(fragment);
    }

    /// <summary>Removes a fragment; the last one takes its place.</summary>
    public void RemoveFragment(int index) => Fragments[index] = Fragments[--FragmentCount];

    /// <summary>First lane of a slot whose lanes are <typeparamref name="T"/>-sized, or 4 bytes apart if that is smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* At<T>(Slot slot) where T : unmanaged => (T*)(File + slot.Offset);

    /// <summary>Value of one lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Lane<T>(Slot slot, int lane) where T : unmanaged => ref *(T*)(File + slot.Offset + lane * slot.Stride);

    /// <summary>A predicate register: bit i is lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref uint Predicate(Slot slot) => ref *(uint*)(File + slot.Offset);

    /// <summary>Sets a predicate for the lanes of <paramref name="mask"/> only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetPredicate(Slot slot, uint mask, uint value)
    {
        ref var predicate = ref Predicate(slot);
        predicate = (predicate & ~mask) | (value & mask);
    }

    /// <summary>
    /// Checks an access of every lane in <paramref name="mask"/> to <paramref name="bytes"/> bytes at its address (bounds, alignment, written before read, races,
    /// pending copies), counts sectors or bank conflicts, and gives each lane a host pointer to the bytes. Generic addresses find their space per lane.
    /// </summary>
    /// <param name="step">The instruction, for counters and reports.</param>
    /// <param name="mask">Lanes that access.</param>
    /// <param name="space">State space, or generic.</param>
    /// <param name="addresses">32 addresses.</param>
    /// <param name="bytes">Bytes per lane: 1, 2, 4, 8 or 16.</param>
    /// <param name="kind">How.</param>
    /// <param name="pointers">32 host pointers; set for the lanes in the mask.</param>
    /// <exception cref="KernelFaultException">A check failed.</exception>
    public void Resolve(Step step, uint mask, StateSpace space, ulong* addresses, int bytes, AccessKind kind, byte** pointers) =>
        MemoryAccess.Run(this, step, mask, space, addresses, bytes, kind, false, null, pointers);
}

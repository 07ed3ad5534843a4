using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>
/// A moment in the life of a thread, in 64 bits: bit 63 whether the access was strong (atomic, volatile, relaxed, acquire or release), 27 bits number of the thread
/// in the launch, 20 bits its clock, 16 bits the instruction.
/// </summary>
internal static class Epoch
{
    /// <summary>Threads that can be told apart; later ones are not recorded.</summary>
    public const long Threads = 1L << 27;

    /// <summary>Clocks that can be told apart; threads with later ones are not recorded.</summary>
    public const int Clocks = 1 << 20;

    private const ulong StrongBit = 1UL << 63;

    /// <summary>Packs a moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pack(long thread, int clock, int pc, bool strong) =>
        (strong ? StrongBit : 0) | (ulong)thread << 36 | (ulong)(uint)clock << 16 | (uint)Math.Min(pc, ushort.MaxValue);

    /// <summary>Number of the thread in the launch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Thread(ulong epoch) => (long)(epoch >> 36) & (Threads - 1);

    /// <summary>Its clock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Clock(ulong epoch) => (int)(epoch >> 16) & (Clocks - 1);

    /// <summary>The instruction; 65535 for that one and all later.</summary>
    public static int Pc(ulong epoch) => (int)(epoch & ushort.MaxValue);

    /// <summary>Whether the access was strong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsStrong(ulong epoch) => (long)epoch < 0;
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>One bit per byte of a memory, 64 to a word: which bytes were written, or are awaited. Blocks on several host threads may set bits of one word.</summary>
internal static unsafe class ByteBits
{
    /// <summary>Zeroed bits for a number of bytes.</summary>
    public static ulong* Allocate(nuint bytes) => (ulong*)NativeMemory.AllocZeroed(bytes / 64 + 1, 8);

    /// <summary>Mask of <paramref name="count"/> ≤ 63 bits from a place within a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mask(nuint from, int count) => ((1UL << count) - 1) << (int)(from & 63);

    /// <summary>Whether all bits of an aligned access are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllSet(ulong* bits, nuint from, int count)
    {
        var mask = Mask(from, count);
        return (bits[from >> 6] & mask) == mask;
    }

    /// <summary>Whether no bit of an aligned access is set.</summary>
    public static bool NoneSet(ulong* bits, nuint from, int count) => (bits[from >> 6] & Mask(from, count)) == 0;

    /// <summary>Clears the bits of an aligned access.</summary>
    public static void Clear(ulong* bits, nuint from, int count) => Interlocked.And(ref bits[from >> 6], ~Mask(from, count));

    /// <summary>Sets the bits of an aligned access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(ulong* bits, nuint from, int count)
    {
        var mask = Mask(from, count);
        ref var word = ref bits[from >> 6];
        if ((word & mask) != mask) Interlocked.Or(ref word, mask);
    }

    /// <summary>Whether all bits of a range are set.</summary>
    public static bool AllSetRange(ulong* bits, nuint from, int count)
    {
        for (var end = from + (nuint)count; from < end;)
        {
            var n = (int)nuint.Min(end - from, 64 - (from & 63));
            var mask = (n == 64 ? ulong.MaxValue : (1UL << n) - 1) << (int)(from & 63);
            if ((bits[from >> 6] & mask) != mask) return false;
            from += (nuint)n;
        }

        return true;
    }

    /// <summary>Sets the bits of a range that other host threads may be setting bits next to.</summary>
    public static void SetRange(ulong* bits, nuint from, int count)
    {
        for (var end = from + (nuint)count; from < end;)
        {
            var n = (int)nuint.Min(end - from, 64 - (from & 63));
            var mask = (n == 64 ? ulong.MaxValue : (1UL << n) - 1) << (int)(from & 63);
            ref var word = ref bits[from >> 6];
            if ((word & mask) != mask) Interlocked.Or(ref word, mask);
            from += (nuint)n;
        }
    }

    /// <summary>Sets or clears the bits of a range that no kernel touches.</summary>
    public static void Fill(ulong* bits, nuint from, nuint count, bool value)
    {
        while (count > 0)
        {
            var n = nuint.Min(count, 64 - (from & 63));
            var mask = (n == 64 ? ulong.MaxValue : (1UL << (int)n) - 1) << (int)(from & 63);
            if (value) bits[from >> 6] |= mask;
            else bits[from >> 6] &= ~mask;
            from += n;
            count -= n;
        }
    }

    /// <summary>First offset at or after <paramref name="from"/>, below from + count, whose bit is not set; from + count if there is none.</summary>
    public static nuint FirstClear(ulong* bits, nuint from, nuint count)
    {
        for (nuint i = 0; i < count; i++)
            if ((bits[from + i >> 6] >> (int)(from + i & 63) & 1) == 0) return from + i;
        return from + count;
    }

    /// <summary>Copies bits bytewise.</summary>
    public static void Copy(ulong* source, nuint from, ulong* destination, nuint to, nuint count)
    {
        for (nuint i = 0; i < count; i++)
        {
            var bit = source[from + i >> 6] >> (int)(from + i & 63) & 1;
            ref var word = ref destination[to + i >> 6];
            word = (word & ~(1UL << (int)(to + i & 63))) | (bit << (int)(to + i & 63));
        }
    }
}

using System.Runtime.CompilerServices;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Arithmetic of atomics.</summary>
internal static class Atomics
{
    /// <summary>New value of a location.</summary>
    /// <param name="operation">Operation other than compare-and-swap.</param>
    /// <param name="type">Type.</param>
    /// <param name="old">Old bits.</param>
    /// <param name="value">Operand.</param>
    /// <param name="flush">Global memory: single-precision sums flush subnormals (PTX ISA 8.4, section 9.7.12.4).</param>
    public static ulong Combine(AtomicOperation operation, PtxType type, ulong old, ulong value, bool flush)
    {
        switch (operation)
        {
            case AtomicOperation.Add:
                return Add(type, old, value, flush);
            case AtomicOperation.Min:
                return Less(type, value, old) ? value : old;
            case AtomicOperation.Max:
                return Less(type, old, value) ? value : old;
            case AtomicOperation.Inc:
                return old >= value ? 0 : old + 1;
            case AtomicOperation.Dec:
                return old == 0 || old > value ? value : old - 1;
            case AtomicOperation.And:
                return old & value;
            case AtomicOperation.Or:
                return old | value;
            case AtomicOperation.Xor:
                return old ^ value;
            default:
                return value;
        }
    }

    private static ulong Add(PtxType type, ulong a, ulong b, bool flush) => type switch
    {
        PtxType.F32 => AddSingle((uint)a, (uint)b, flush),
        PtxType.F64 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) + BitConverter.UInt64BitsToDouble(b)),
        PtxType.F16 => AddHalf(a, b),
        PtxType.BF16 => AddBFloat16(a, b),
        PtxType.F16X2 => AddHalf(a, b) | AddHalf(a >> 16, b >> 16) << 16,
        PtxType.BF16X2 => AddBFloat16(a, b) | AddBFloat16(a >> 16, b >> 16) << 16,
        PtxType.U64 or PtxType.S64 => a + b,
        _ => (uint)(a + b),
    };

    private static uint AddSingle(uint a, uint b, bool flush)
    {
        if (flush) (a, b) = (Flush(a), Flush(b));
        var sum = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(a) + BitConverter.UInt32BitsToSingle(b));
        if ((sum & 0x7FFFFFFF) > 0x7F800000) return 0x7FFFFFFF;
        return flush ? Flush(sum) : sum;
    }

    private static uint Flush(uint bits) => (bits & 0x7F800000) == 0 ? bits & 0x80000000 : bits;

    // A sum of two halves or bfloat16s in single precision, rounded again, is the sum rounded once: 24 bits are at least 2 · 11 + 2.
    private static ulong AddHalf(ulong a, ulong b)
    {
        var sum = (float)BitConverter.UInt16BitsToHalf((ushort)a) + (float)BitConverter.UInt16BitsToHalf((ushort)b);
        return float.IsNaN(sum) ? 0x7FFFu : BitConverter.HalfToUInt16Bits((Half)sum);
    }

    private static ulong AddBFloat16(ulong a, ulong b)
    {
        var sum = BitConverter.UInt32BitsToSingle((uint)(ushort)a << 16) + BitConverter.UInt32BitsToSingle((uint)(ushort)b << 16);
        return float.IsNaN(sum) ? 0x7FFFu : Unsafe.BitCast<BFloat16, ushort>((BFloat16)sum);
    }

    private static bool Less(PtxType type, ulong a, ulong b) => type switch
    {
        PtxType.S32 => (int)a < (int)b,
        PtxType.S64 => (long)a < (long)b,
        _ => a < b,
    };
}

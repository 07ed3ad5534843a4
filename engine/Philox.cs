using System.Runtime.CompilerServices;

namespace SiaEngine;

/// <summary>
/// Counter-based random numbers, Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// A value depends only on (seed, stream, index), so it is the same on every device, thread count and after a resume.
/// </summary>
public readonly record struct Philox(ulong Seed, ulong Stream = 0)
{
    private const double ToUnit = 1.0 / (1ul << 53);

    /// <summary>128 random bits of block <paramref name="index"/>.</summary>
    public (uint X0, uint X1, uint X2, uint X3) Block(ulong index)
    {
        var (x0, x1, x2, x3) = ((uint)index, (uint)(index >> 32), (uint)Stream, (uint)(Stream >> 32));
        var (k0, k1) = ((uint)Seed, (uint)(Seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53ul * x0;
            var p1 = 0xCD9E8D57ul * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (x0, x1, x2, x3);
    }

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double Uniform(ulong index) => ToUnit * (Bits(index) >> 11);

    /// <summary>Uniform integer in [0, bound), by multiply-high; the bias is below bound / 2^64.</summary>
    public long Below(ulong index, long bound) => (long)Math.BigMul(Bits(index), (ulong)bound, out _);

    /// <summary>Standard normal (Box and Muller); indices 2n and 2n + 1 are the two values of one pair.</summary>
    public double Normal(ulong index)
    {
        var (a, b, c, d) = Block(index >> 1);
        var radius = Math.Sqrt(-2 * Math.Log(1 - ToUnit * (Pack(a, b) >> 11)));
        var (sin, cos) = Math.SinCos(2 * Math.PI * ToUnit * (Pack(c, d) >> 11));
        return radius * ((index & 1) == 0 ? cos : sin);
    }

    private ulong Bits(ulong index)
    {
        var (a, b, _, _) = Block(index);
        return Pack(a, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pack(uint low, uint high) => low | ((ulong)high << 32);
}

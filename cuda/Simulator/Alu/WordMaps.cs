namespace SiaEngine.Cuda.Simulator;

/// <summary>Functions of 32-bit words that have no counterpart of other widths.</summary>
internal static class WordMaps
{
    /// <summary>
    /// <c>fns</c>: position of the n-th one of a mask, n = |offset|, counted from bit <c>start</c> upwards (offset &gt; 0) or downwards; offset 0 asks for
    /// <c>start</c> itself. All ones if there is none.
    /// </summary>
    public readonly struct FindNth : IMap<uint, uint, int, uint>
    {
        public static uint Apply(uint mask, uint start, int offset)
        {
            if (start > 31) return uint.MaxValue;
            var (step, left) = (offset < 0 ? -1 : 1, Math.Max(Math.Abs((long)offset), 1));
            for (var at = (int)start; at is >= 0 and < 32; at += step)
            {
                if ((mask >> at & 1) != 0 && --left == 0) return (uint)at;
                if (offset == 0) break;
            }

            return uint.MaxValue;
        }
    }

    /// <summary><c>bmsk</c>: ones from bit a on, b of them; <c>.wrap</c> takes both mod 32, <c>.clamp</c> stops at the top.</summary>
    public readonly struct Mask<TWrap> : IMap<uint, uint, uint> where TWrap : IFlag
    {
        public static uint Apply(uint a, uint b)
        {
            if (TWrap.On) (a, b) = (a & 31, b & 31);
            if (a > 31) return 0;
            var end = (ulong)a + b;
            return (uint.MaxValue << (int)a) & (end > 31 ? uint.MaxValue : ~(uint.MaxValue << (int)end));
        }
    }

    /// <summary><c>szext.u32</c>: the low b bits of a; <c>.wrap</c> takes b mod 32, <c>.clamp</c> keeps all from 32 on.</summary>
    public readonly struct ZeroExtend<TWrap> : IMap<uint, uint, uint> where TWrap : IFlag
    {
        public static uint Apply(uint a, uint b) => !TWrap.On && b > 31 ? a : a & ~(uint.MaxValue << (int)(b & 31));
    }

    /// <summary><c>szext.s32</c>: the low b bits of a as a signed number.</summary>
    public readonly struct SignExtend<TWrap> : IMap<uint, uint, uint> where TWrap : IFlag
    {
        public static uint Apply(uint a, uint b)
        {
            if (!TWrap.On && b > 31) return a;
            var spare = 32 - (int)(b & 31);
            return spare == 32 ? 0 : (uint)((int)(a << spare) >> spare);
        }
    }

    /// <summary><c>shf.l</c>: upper word of {b, a} · 2^n, where n is c mod 32 or at most 32.</summary>
    public readonly struct FunnelLeft<TWrap> : IMap<uint, uint, uint, uint> where TWrap : IFlag
    {
        public static uint Apply(uint a, uint b, uint c)
        {
            var n = (int)(TWrap.On ? c & 31 : Math.Min(c, 32));
            return n == 32 ? a : (uint)((((ulong)b << 32 | a) << n) >> 32);
        }
    }

    /// <summary><c>shf.r</c>: lower word of {b, a} / 2^n.</summary>
    public readonly struct FunnelRight<TWrap> : IMap<uint, uint, uint, uint> where TWrap : IFlag
    {
        public static uint Apply(uint a, uint b, uint c) => (uint)(((ulong)b << 32 | a) >> (int)(TWrap.On ? c & 31 : Math.Min(c, 32)));
    }

    /// <summary>Bit by bit the value at place 4a + 2b + c of an 8-bit truth table.</summary>
    public readonly struct TruthTable : IMap<uint, uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint b, uint c, uint table)
        {
            var result = 0u;
            for (var i = 0; i < 8; i++)
                if ((table >> i & 1) != 0) result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            return result;
        }
    }

    /// <summary>
    /// <c>prmt</c>: byte i of the result is that byte of {b, a} which the i-th hex digit of c names; with bit 3 of the digit the byte's sign is repeated.
    /// </summary>
    public readonly struct Permute : IMap<uint, uint, uint, uint>
    {
        public static uint Apply(uint a, uint b, uint c)
        {
            var bytes = (ulong)b << 32 | a;
            var result = 0u;
            for (var i = 0; i < 4; i++)
            {
                var digit = (int)(c >> (4 * i)) & 0xF;
                var value = (byte)(bytes >> (8 * (digit & 7)));
                if (digit > 7) value = (byte)((sbyte)value >> 7);
                result |= (uint)value << (8 * i);
            }

            return result;
        }
    }

    /// <summary>Selector that a mode of <c>prmt</c> stands for when the low two bits of c are n.</summary>
    public static uint Selector(string mode, uint n) => mode switch
    {
        "f4e" => 0x3210 + (0x1111 * n),
        "b4e" => n switch { 0 => 0x5670u, 1 => 0x6701u, 2 => 0x7012u, _ => 0x0123u },
        "rc8" => 0x1111 * n,
        "ecl" => n switch { 0 => 0x3210u, 1 => 0x3211u, 2 => 0x3222u, _ => 0x3333u },
        "ecr" => n switch { 0 => 0x0000u, 1 => 0x1110u, 2 => 0x2210u, _ => 0x3210u },
        _ => (n & 1) == 0 ? 0x1010u : 0x3232u,
    };

    /// <summary><c>dp4a</c>, <c>dp2a</c>: c plus the products of 8-bit parts of b with 8- or 16-bit parts of a, mod 2^32.</summary>
    public static uint Dot(uint a, uint b, uint c, bool signedA, bool signedB, int parts, bool high)
    {
        var width = 32 / parts;
        if (high) b >>= 16;
        var sum = c;
        for (var i = 0; i < parts; i++)
        {
            uint x = a << (32 - width - (i * width)), y = b << (24 - (8 * i));
            var left = signedA ? (int)x >> (32 - width) : (int)(x >> (32 - width));
            var right = signedB ? (int)y >> 24 : (int)(y >> 24);
            sum = unchecked(sum + (uint)(left * right));
        }

        return sum;
    }

    /// <summary>Product of 24-bit numbers, 48 bits.</summary>
    public static long Multiply24(uint a, uint b, bool signed) =>
        signed ? (long)((int)(a << 8) >> 8) * ((int)(b << 8) >> 8) : (long)(a & 0xFFFFFF) * (b & 0xFFFFFF);
}

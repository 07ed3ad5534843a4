using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Bitwise functions of words.</summary>
internal static class BitMaps
{
    /// <summary>a and b.</summary>
    public readonly struct And<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a & b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a & b;
    }

    /// <summary>a or b.</summary>
    public readonly struct Or<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a | b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a | b;
    }

    /// <summary>a xor b.</summary>
    public readonly struct Xor<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a ^ b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a ^ b;
    }

    /// <summary>Every bit flipped.</summary>
    public readonly struct Not<T> : IVectorUnary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a) => ~a;
        public static Vector256<T> Apply(Vector256<T> a) => ~a;
    }

    /// <summary>The logical not of C: 1 if a is zero, else 0.</summary>
    public readonly struct LogicalNot<T> : IMap<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a) => a == T.Zero ? T.One : T.Zero;
    }

    /// <summary>a · 2^b; zero from the width of the type on.</summary>
    public readonly struct ShiftLeft<T> : IMap<T, uint, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, uint b) => b < 8 * Unsafe.SizeOf<T>() ? a << (int)b : T.Zero;
    }

    /// <summary>a / 2^b rounded down; amounts from the width of the type on leave the sign, or zero.</summary>
    public readonly struct ShiftRight<T> : IMap<T, uint, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, uint b) => b < 8 * Unsafe.SizeOf<T>() ? a >> (int)b : a < T.Zero ? ~T.Zero : T.Zero;
    }

    /// <summary><see cref="ShiftLeft{T}"/> of 32 bits.</summary>
    public readonly struct ShiftLeft32 : IVectorBinary<uint>
    {
        public static uint Apply(uint a, uint b) => b < 32 ? a << (int)b : 0;
        public static Vector256<uint> Apply(Vector256<uint> a, Vector256<uint> b) =>
            Avx2.IsSupported ? Avx2.ShiftLeftLogicalVariable(a, b) : Lanes<ShiftLeft32>(a, b);
    }

    /// <summary><see cref="ShiftRight{T}"/> of 32 bits, filling with zeros.</summary>
    public readonly struct ShiftRight32 : IVectorBinary<uint>
    {
        public static uint Apply(uint a, uint b) => b < 32 ? a >> (int)b : 0;
        public static Vector256<uint> Apply(Vector256<uint> a, Vector256<uint> b) =>
            Avx2.IsSupported ? Avx2.ShiftRightLogicalVariable(a, b) : Lanes<ShiftRight32>(a, b);
    }

    /// <summary>Number of ones.</summary>
    public readonly struct PopulationCount<T> : IMap<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Apply(T a) => uint.CreateTruncating(T.PopCount(a));
    }

    /// <summary>Zeros before the most significant one.</summary>
    public readonly struct LeadingZeroCount<T> : IMap<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Apply(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
    }

    /// <summary>Position of the most significant one, for negative numbers of the most significant zero; all ones if there is none.</summary>
    public readonly struct FindBit<T> : IMap<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Apply(T a)
        {
            if (a < T.Zero) a = ~a;
            return a == T.Zero ? uint.MaxValue : (uint)(8 * Unsafe.SizeOf<T>()) - 1 - uint.CreateTruncating(T.LeadingZeroCount(a));
        }
    }

    /// <summary>Shift that brings the bit <see cref="FindBit{T}"/> finds to the top; all ones if there is none.</summary>
    public readonly struct FindBitShift<T> : IMap<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Apply(T a) => FindBit<T>.Apply(a) is var found && found == uint.MaxValue ? found : (uint)(8 * Unsafe.SizeOf<T>()) - 1 - found;
    }

    /// <summary>Bits in reverse order.</summary>
    public readonly struct Reverse<T> : IMap<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a)
        {
            var result = T.Zero;
            for (var i = 0; i < 8 * Unsafe.SizeOf<T>(); i++) result = (result << 1) | ((a >> i) & T.One);
            return result;
        }
    }

    /// <summary>
    /// Field of <c>c</c> bits from bit <c>b</c> on (both taken mod 256). Above it, and where it reaches beyond the word, signed types are filled with the
    /// field's top bit, at most the word's.
    /// </summary>
    public readonly struct ExtractField<T> : IMap<T, uint, uint, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, uint b, uint c)
        {
            int top = (8 * Unsafe.SizeOf<T>()) - 1, start = (int)(b & 0xFF), length = (int)(c & 0xFF);
            if (length == 0) return T.Zero;
            var signed = ~T.Zero < T.Zero;
            var sign = signed && ((a >> Math.Min(start + length - 1, top)) & T.One) != T.Zero ? ~T.Zero : T.Zero;
            if (start > top) return sign;
            length = Math.Min(length, top + 1 - start);
            var field = length > top ? ~T.Zero : (T.One << length) - T.One;
            return ((a >>> start) & field) | (sign & ~field);
        }
    }

    /// <summary>The low <c>d</c> bits of a put into b from bit <c>c</c> on (c and d taken mod 256).</summary>
    public readonly struct InsertField<T> : IMap<T, T, uint, uint, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b, uint start, uint length)
        {
            int width = 8 * Unsafe.SizeOf<T>(), from = (int)(start & 0xFF), count = (int)(length & 0xFF);
            if (from >= width || count == 0) return b;
            var field = count >= width ? ~T.Zero : (T.One << count) - T.One;
            return (b & ~(field << from)) | ((a & field) << from);
        }
    }

    private static Vector256<uint> Lanes<TMap>(Vector256<uint> a, Vector256<uint> b) where TMap : struct, IVectorBinary<uint>
    {
        var result = Vector256<uint>.Zero;
        for (var i = 0; i < Vector256<uint>.Count; i++) result = result.WithElement(i, TMap.Apply(a[i], b[i]));
        return result;
    }
}

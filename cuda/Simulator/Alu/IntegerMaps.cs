using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Integer functions of all widths, with wraparound; signedness is that of the type.</summary>
internal static class IntegerMaps
{
    /// <summary>a + b.</summary>
    public readonly struct Add<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a + b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a + b;
    }

    /// <summary>a − b.</summary>
    public readonly struct Subtract<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a - b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a - b;
    }

    /// <summary>Low half of a · b.</summary>
    public readonly struct MultiplyLow<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => unchecked(a * b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a * b;
    }

    /// <summary>Low half of a · b + c.</summary>
    public readonly struct MultiplyAddLow<T> : IVectorTernary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b, T c) => unchecked((a * b) + c);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b, Vector256<T> c) => (a * b) + c;
    }

    /// <summary>High half of a · b.</summary>
    public readonly struct MultiplyHigh<T> : IMap<T, T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => High(a, b);
    }

    /// <summary>High half of a · b, plus c.</summary>
    public readonly struct MultiplyAddHigh<T> : IMap<T, T, T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b, T c) => unchecked(High(a, b) + c);
    }

    /// <summary>a · b in twice the width.</summary>
    public readonly struct MultiplyWide<T, TWide> : IMap<T, T, TWide> where T : unmanaged, IBinaryInteger<T> where TWide : unmanaged, IBinaryInteger<TWide>
    {
        public static TWide Apply(T a, T b) => unchecked(TWide.CreateTruncating(a) * TWide.CreateTruncating(b));
    }

    /// <summary>a · b + c in twice the width.</summary>
    public readonly struct MultiplyAddWide<T, TWide> : IMap<T, T, TWide, TWide>
        where T : unmanaged, IBinaryInteger<T>
        where TWide : unmanaged, IBinaryInteger<TWide>
    {
        public static TWide Apply(T a, T b, TWide c) => unchecked((TWide.CreateTruncating(a) * TWide.CreateTruncating(b)) + c);
    }

    /// <summary>a + b clamped to the range of the type.</summary>
    public readonly struct AddSaturating : IMap<int, int, int>
    {
        public static int Apply(int a, int b) => int.CreateSaturating((long)a + b);
    }

    /// <summary>a − b clamped to the range of the type.</summary>
    public readonly struct SubtractSaturating : IMap<int, int, int>
    {
        public static int Apply(int a, int b) => int.CreateSaturating((long)a - b);
    }

    /// <summary>mad.hi.sat: high half of a · b, plus c, clamped.</summary>
    public readonly struct MultiplyAddHighSaturating : IMap<int, int, int, int>
    {
        public static int Apply(int a, int b, int c) => int.CreateSaturating((long)High(a, b) + c);
    }

    /// <summary>c + |a − b|.</summary>
    public readonly struct SumOfAbsoluteDifference<T> : IMap<T, T, T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b, T c) => unchecked(c + (a < b ? b - a : a - b));
    }

    /// <summary>a / b towards zero. The ISA leaves x / 0 open; NVIDIA's code gives all ones. The least value over −1 wraps to itself.</summary>
    public readonly struct Divide<T> : IMap<T, T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b)
        {
            if (b == T.Zero) return ~T.Zero;
            return b == ~T.Zero && b < T.Zero ? unchecked(T.Zero - a) : a / b;
        }
    }

    /// <summary>Remainder with the sign of a. x mod 0 is all ones, as NVIDIA's code gives.</summary>
    public readonly struct Remainder<T> : IMap<T, T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b)
        {
            if (b == T.Zero) return ~T.Zero;
            return b == ~T.Zero && b < T.Zero ? T.Zero : a % b;
        }
    }

    /// <summary>The smaller.</summary>
    public readonly struct Min<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a < b ? a : b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
    }

    /// <summary>The larger.</summary>
    public readonly struct Max<T> : IVectorBinary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a, T b) => a > b ? a : b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
    }

    /// <summary>−a, the least value wraps to itself.</summary>
    public readonly struct Negate<T> : IMap<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a) => unchecked(T.Zero - a);
    }

    /// <summary>|a|, the least value wraps to itself.</summary>
    public readonly struct Absolute<T> : IMap<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Apply(T a) => a < T.Zero ? unchecked(T.Zero - a) : a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T High<T>(T a, T b) where T : unmanaged, IBinaryInteger<T>
    {
        if (Unsafe.SizeOf<T>() < 8) return T.CreateTruncating((long.CreateTruncating(a) * long.CreateTruncating(b)) >> (8 * Unsafe.SizeOf<T>()));
        return typeof(T) == typeof(ulong)
            ? T.CreateTruncating(Math.BigMul(ulong.CreateTruncating(a), ulong.CreateTruncating(b), out _))
            : T.CreateTruncating(Math.BigMul(long.CreateTruncating(a), long.CreateTruncating(b), out _));
    }
}

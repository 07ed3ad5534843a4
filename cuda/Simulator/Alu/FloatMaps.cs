using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>Floating-point functions of binary32 and binary64, rounded to nearest.</summary>
internal static class FloatMaps
{
    /// <summary>a + b.</summary>
    public readonly struct Add<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => a + b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a + b;
    }

    /// <summary>a − b.</summary>
    public readonly struct Subtract<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => a - b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a - b;
    }

    /// <summary>a · b.</summary>
    public readonly struct Multiply<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => a * b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a * b;
    }

    /// <summary>a / b.</summary>
    public readonly struct Divide<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => a / b;
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => a / b;
    }

    /// <summary>a · b + c, rounded once.</summary>
    public readonly struct FusedMultiplyAdd<T> : IVectorTernary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b, T c) => T.FusedMultiplyAdd(a, b, c);

        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>()
            : Vector256.FusedMultiplyAdd(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>();
    }

    /// <summary>The smaller; a number if either is one; −0 is below +0.</summary>
    public readonly struct Min<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => T.MinNumber(a, b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.MinNumber(a, b);
    }

    /// <summary>The larger; a number if either is one; −0 is below +0.</summary>
    public readonly struct Max<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => T.MaxNumber(a, b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.MaxNumber(a, b);
    }

    /// <summary><c>min.NaN</c>: the smaller, NaN if either is.</summary>
    public readonly struct MinNaN<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => T.Min(a, b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
    }

    /// <summary><c>max.NaN</c>: the larger, NaN if either is.</summary>
    public readonly struct MaxNaN<T> : IVectorBinary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a, T b) => T.Max(a, b);
        public static Vector256<T> Apply(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
    }

    /// <summary><c>.xorsign.abs</c>: f of the magnitudes, with the signs' product.</summary>
    public readonly struct XorSign<TMap> : IVectorBinary<float> where TMap : struct, IVectorBinary<float>
    {
        public static float Apply(float a, float b)
        {
            var sign = (BitConverter.SingleToUInt32Bits(a) ^ BitConverter.SingleToUInt32Bits(b)) & 0x80000000;
            return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(TMap.Apply(MathF.Abs(a), MathF.Abs(b))) | sign);
        }

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) =>
            TMap.Apply(Vector256.Abs(a), Vector256.Abs(b)) | ((a ^ b) & Vector256.Create(-0f));
    }

    /// <summary>√a.</summary>
    public readonly struct Sqrt<T> : IVectorUnary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a) => T.Sqrt(a);
        public static Vector256<T> Apply(Vector256<T> a) => Vector256.Sqrt(a);
    }

    /// <summary>1 / a.</summary>
    public readonly struct Reciprocal<T> : IVectorUnary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a) => T.One / a;
        public static Vector256<T> Apply(Vector256<T> a) => Vector256.Create(T.One) / a;
    }

    /// <summary>−a: the sign bit flipped, of NaN too.</summary>
    public readonly struct Negate<T> : IVectorUnary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a) => -a;
        public static Vector256<T> Apply(Vector256<T> a) => a ^ Vector256.Create(T.NegativeZero);
    }

    /// <summary>|a|: the sign bit cleared, of NaN too.</summary>
    public readonly struct Absolute<T> : IVectorUnary<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Apply(T a) => T.Abs(a);
        public static Vector256<T> Apply(Vector256<T> a) => Vector256.Abs(a);
    }

    /// <summary>binary32 arithmetic in another rounding mode.</summary>
    public readonly struct AddTo<TRounding> : IMap<float, float, float> where TRounding : IRounding
    {
        public static float Apply(float a, float b) => SingleRounding.Add(a, b, TRounding.Mode);
    }

    /// <summary>a − b in another rounding mode.</summary>
    public readonly struct SubtractTo<TRounding> : IMap<float, float, float> where TRounding : IRounding
    {
        public static float Apply(float a, float b) => SingleRounding.Add(a, -b, TRounding.Mode);
    }

    /// <summary>a · b in another rounding mode.</summary>
    public readonly struct MultiplyTo<TRounding> : IMap<float, float, float> where TRounding : IRounding
    {
        public static float Apply(float a, float b) => SingleRounding.Multiply(a, b, TRounding.Mode);
    }

    /// <summary>a / b in another rounding mode.</summary>
    public readonly struct DivideTo<TRounding> : IMap<float, float, float> where TRounding : IRounding
    {
        public static float Apply(float a, float b) => SingleRounding.Divide(a, b, TRounding.Mode);
    }

    /// <summary>1 / a in another rounding mode.</summary>
    public readonly struct ReciprocalTo<TRounding> : IMap<float, float> where TRounding : IRounding
    {
        public static float Apply(float a) => SingleRounding.Divide(1, a, TRounding.Mode);
    }

    /// <summary>√a in another rounding mode.</summary>
    public readonly struct SqrtTo<TRounding> : IMap<float, float> where TRounding : IRounding
    {
        public static float Apply(float a) => SingleRounding.Sqrt(a, TRounding.Mode);
    }

    /// <summary>a · b + c in another rounding mode.</summary>
    public readonly struct FusedMultiplyAddTo<TRounding> : IMap<float, float, float, float> where TRounding : IRounding
    {
        public static float Apply(float a, float b, float c) => SingleRounding.FusedMultiplyAdd(a, b, c, TRounding.Mode);
    }

    /// <summary>Zero of the same sign for subnormals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Flush(float x) => MathF.Abs(x) < MinNormal ? MathF.CopySign(0, x) : x;

    /// <summary>Zero of the same sign for subnormals.</summary>
    public static Vector256<float> Flush(Vector256<float> x) =>
        Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(x), Vector256.Create(MinNormal)), x & Vector256.Create(-0f), x);

    /// <summary>NaN as binary32 arithmetic returns it.</summary>
    public static float CanonicalNaN => BitConverter.UInt32BitsToSingle(0x7FFFFFFF);

    /// <summary>Smallest normal number.</summary>
    public const float MinNormal = 1.17549435e-38f;
}

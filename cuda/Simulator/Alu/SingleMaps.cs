using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cuda.Simulator;

/// <summary>A modifier that is there or not, as a type argument.</summary>
internal interface IFlag
{
    /// <summary>Whether it is there.</summary>
    static abstract bool On { get; }
}

/// <summary>The modifier is there.</summary>
internal readonly struct Yes : IFlag
{
    /// <inheritdoc/>
    public static bool On => true;
}

/// <summary>The modifier is not there.</summary>
internal readonly struct No : IFlag
{
    /// <inheritdoc/>
    public static bool On => false;
}

/// <summary>
/// What binary32 instructions do around their function: <c>.ftz</c> flushes subnormal operands and results to zero of the same sign, NaN becomes
/// 0x7FFFFFFF, <c>.sat</c> clamps to [0, 1] with NaN as +0.
/// </summary>
internal static class SingleMaps
{
    /// <summary>One operand.</summary>
    public readonly struct Unary<TMap, TFlush> : IMap<float, float> where TMap : struct, IMap<float, float> where TFlush : IFlag
    {
        public static float Apply(float a) => Finish<TFlush, No>(TMap.Apply(TFlush.On ? FloatMaps.Flush(a) : a));
    }

    /// <summary>Two operands.</summary>
    public readonly struct Binary<TMap, TFlush, TSaturate> : IMap<float, float, float>
        where TMap : struct, IMap<float, float, float>
        where TFlush : IFlag
        where TSaturate : IFlag
    {
        public static float Apply(float a, float b) => TFlush.On
            ? Finish<TFlush, TSaturate>(TMap.Apply(FloatMaps.Flush(a), FloatMaps.Flush(b)))
            : Finish<TFlush, TSaturate>(TMap.Apply(a, b));
    }

    /// <summary>Three operands.</summary>
    public readonly struct Ternary<TMap, TFlush, TSaturate> : IMap<float, float, float, float>
        where TMap : struct, IMap<float, float, float, float>
        where TFlush : IFlag
        where TSaturate : IFlag
    {
        public static float Apply(float a, float b, float c) => TFlush.On
            ? Finish<TFlush, TSaturate>(TMap.Apply(FloatMaps.Flush(a), FloatMaps.Flush(b), FloatMaps.Flush(c)))
            : Finish<TFlush, TSaturate>(TMap.Apply(a, b, c));
    }

    /// <summary>One operand, several lanes at once.</summary>
    public readonly struct VectorUnary<TMap, TFlush> : IVectorUnary<float> where TMap : struct, IVectorUnary<float> where TFlush : IFlag
    {
        public static float Apply(float a) => Unary<TMap, TFlush>.Apply(a);
        public static Vector256<float> Apply(Vector256<float> a) => Finish<TFlush, No>(TMap.Apply(TFlush.On ? FloatMaps.Flush(a) : a));
    }

    /// <summary>Two operands, several lanes at once.</summary>
    public readonly struct VectorBinary<TMap, TFlush, TSaturate> : IVectorBinary<float>
        where TMap : struct, IVectorBinary<float>
        where TFlush : IFlag
        where TSaturate : IFlag
    {
        public static float Apply(float a, float b) => Binary<TMap, TFlush, TSaturate>.Apply(a, b);

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => TFlush.On
            ? Finish<TFlush, TSaturate>(TMap.Apply(FloatMaps.Flush(a), FloatMaps.Flush(b)))
            : Finish<TFlush, TSaturate>(TMap.Apply(a, b));
    }

    /// <summary>Three operands, several lanes at once.</summary>
    public readonly struct VectorTernary<TMap, TFlush, TSaturate> : IVectorTernary<float>
        where TMap : struct, IVectorTernary<float>
        where TFlush : IFlag
        where TSaturate : IFlag
    {
        public static float Apply(float a, float b, float c) => Ternary<TMap, TFlush, TSaturate>.Apply(a, b, c);

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> c) => TFlush.On
            ? Finish<TFlush, TSaturate>(TMap.Apply(FloatMaps.Flush(a), FloatMaps.Flush(b), FloatMaps.Flush(c)))
            : Finish<TFlush, TSaturate>(TMap.Apply(a, b, c));
    }

    /// <summary>Clamp to [0, 1], NaN and −0 as +0.</summary>
    public static float Saturate(float x) => x > 0 ? MathF.Min(x, 1) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Finish<TFlush, TSaturate>(float x) where TFlush : IFlag where TSaturate : IFlag
    {
        if (TFlush.On) x = FloatMaps.Flush(x);
        if (TSaturate.On) return Saturate(x);
        return float.IsNaN(x) ? FloatMaps.CanonicalNaN : x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Finish<TFlush, TSaturate>(Vector256<float> x) where TFlush : IFlag where TSaturate : IFlag
    {
        if (TFlush.On) x = FloatMaps.Flush(x);
        if (TSaturate.On)
        {
            var clamped = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.One), x, Vector256<float>.One);
            return Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), clamped, Vector256<float>.Zero);
        }

        return Vector256.ConditionalSelect(Vector256.Equals(x, x), x, Vector256.Create(0x7FFFFFFFu).AsSingle());
    }
}

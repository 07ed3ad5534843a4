using System.Numerics;
using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>One element: the tails of spans.</summary>
internal readonly unsafe struct Simd1<T>(T value) : ISimd<Simd1<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Of(double value) => new(Real<T>.Of(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> All(T value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Load(T* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* destination) => *destination = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator +(Simd1<T> a, Simd1<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator -(Simd1<T> a, Simd1<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator *(Simd1<T> a, Simd1<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator /(Simd1<T> a, Simd1<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> operator -(Simd1<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Fma(Simd1<T> a, Simd1<T> b, Simd1<T> c) => new(T.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Sqrt(Simd1<T> a) => new(T.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Abs(Simd1<T> a) => new(T.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Max(Simd1<T> a, Simd1<T> b) => new(a._value > b._value ? a._value : b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Min(Simd1<T> a, Simd1<T> b) => new(a._value < b._value ? a._value : b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> IfGreater(Simd1<T> a, Simd1<T> b, Simd1<T> yes, Simd1<T> no) => a._value > b._value ? yes : no;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> ToExponent(Simd1<T> bits) => typeof(T) == typeof(float)
        ? new(Unsafe.BitCast<int, T>(Unsafe.BitCast<T, int>(bits._value) << 23))
        : new(Unsafe.BitCast<long, T>(Unsafe.BitCast<T, long>(bits._value) << 52));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1<T> Split(Simd1<T> a, out Simd1<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var bits = Unsafe.BitCast<T, int>(a._value);
            mantissa = new(Unsafe.BitCast<int, T>((bits & 0x007FFFFF) | 0x3F800000));
            return new(Real<T>.Of((bits >>> 23) - 127));
        }

        var wide = Unsafe.BitCast<T, long>(a._value);
        mantissa = new(Unsafe.BitCast<long, T>((wide & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000));
        return new(Real<T>.Of((wide >>> 52) - 1023));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Largest() => _value;
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>512-bit register; AVX-512.</summary>
internal readonly unsafe struct Simd512<T>(Vector512<T> value) : ISimd<Simd512<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector512<T> _value = value;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Of(double value) => new(Vector512.Create(Real<T>.Of(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator +(Simd512<T> a, Simd512<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a, Simd512<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator *(Simd512<T> a, Simd512<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator /(Simd512<T> a, Simd512<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Fma(Simd512<T> a, Simd512<T> b, Simd512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>())
        : new(Vector512.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Sqrt(Simd512<T> a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Abs(Simd512<T> a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Max(Simd512<T> a, Simd512<T> b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Min(Simd512<T> a, Simd512<T> b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> IfGreater(Simd512<T> a, Simd512<T> b, Simd512<T> yes, Simd512<T> no) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value, b._value), yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> ToExponent(Simd512<T> bits) => typeof(T) == typeof(float)
        ? new((bits._value.AsInt32() << 23).As<int, T>())
        : new((bits._value.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Split(Simd512<T> a, out Simd512<T> mantissa)
    {
        // The exponent field in the mantissa of 2^(mantissa width) is that number plus the field.
        if (typeof(T) == typeof(float))
        {
            var bits = a._value.AsInt32();
            mantissa = new(((bits & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).As<int, T>());
            return new(((bits >>> 23) | Vector512.Create(0x4B000000)).As<int, T>() - Vector512.Create(Real<T>.Of(8388608.0 + 127)));
        }

        var wide = a._value.AsInt64();
        mantissa = new(((wide & Vector512.Create(0x000FFFFFFFFFFFFF)) | Vector512.Create(0x3FF0000000000000)).As<long, T>());
        return new(((wide >>> 52) | Vector512.Create(0x4330000000000000)).As<long, T>() - Vector512.Create(Real<T>.Of(4503599627370496.0 + 1023)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Vector512.Sum(_value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Largest() => Simd256<T>.Max(new(_value.GetLower()), new(_value.GetUpper())).Largest();
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>256-bit register; AVX2.</summary>
internal readonly unsafe struct Simd256<T>(Vector256<T> value) : ISimd<Simd256<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector256<T> _value = value;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Of(double value) => new(Vector256.Create(Real<T>.Of(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator +(Simd256<T> a, Simd256<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a, Simd256<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator *(Simd256<T> a, Simd256<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator /(Simd256<T> a, Simd256<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Fma(Simd256<T> a, Simd256<T> b, Simd256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>())
        : new(Vector256.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Sqrt(Simd256<T> a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Abs(Simd256<T> a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Max(Simd256<T> a, Simd256<T> b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Min(Simd256<T> a, Simd256<T> b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> IfGreater(Simd256<T> a, Simd256<T> b, Simd256<T> yes, Simd256<T> no) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._value, b._value), yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> ToExponent(Simd256<T> bits) => typeof(T) == typeof(float)
        ? new((bits._value.AsInt32() << 23).As<int, T>())
        : new((bits._value.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Split(Simd256<T> a, out Simd256<T> mantissa)
    {
        // The exponent field in the mantissa of 2^(mantissa width) is that number plus the field.
        if (typeof(T) == typeof(float))
        {
            var bits = a._value.AsInt32();
            mantissa = new(((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).As<int, T>());
            return new(((bits >>> 23) | Vector256.Create(0x4B000000)).As<int, T>() - Vector256.Create(Real<T>.Of(8388608.0 + 127)));
        }

        var wide = a._value.AsInt64();
        mantissa = new(((wide & Vector256.Create(0x000FFFFFFFFFFFFF)) | Vector256.Create(0x3FF0000000000000)).As<long, T>());
        return new(((wide >>> 52) | Vector256.Create(0x4330000000000000)).As<long, T>() - Vector256.Create(Real<T>.Of(4503599627370496.0 + 1023)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Vector256.Sum(_value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Largest() => Simd128<T>.Max(new(_value.GetLower()), new(_value.GetUpper())).Largest();
}

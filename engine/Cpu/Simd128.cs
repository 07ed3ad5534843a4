using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SiaEngine.Cpu;

/// <summary>128-bit register; SSE and Neon.</summary>
internal readonly unsafe struct Simd128<T>(Vector128<T> value) : ISimd<Simd128<T>, T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Vector128<T> _value = value;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Of(double value) => new(Vector128.Create(Real<T>.Of(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator +(Simd128<T> a, Simd128<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a, Simd128<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator *(Simd128<T> a, Simd128<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator /(Simd128<T> a, Simd128<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Fma(Simd128<T> a, Simd128<T> b, Simd128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.FusedMultiplyAdd(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>())
        : new(Vector128.FusedMultiplyAdd(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Sqrt(Simd128<T> a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Abs(Simd128<T> a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Max(Simd128<T> a, Simd128<T> b) => new(Vector128.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Min(Simd128<T> a, Simd128<T> b) => new(Vector128.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> IfGreater(Simd128<T> a, Simd128<T> b, Simd128<T> yes, Simd128<T> no) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._value, b._value), yes._value, no._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> ToExponent(Simd128<T> bits) => typeof(T) == typeof(float)
        ? new((bits._value.AsInt32() << 23).As<int, T>())
        : new((bits._value.AsInt64() << 52).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Split(Simd128<T> a, out Simd128<T> mantissa)
    {
        // The exponent field in the mantissa of 2^(mantissa width) is that number plus the field.
        if (typeof(T) == typeof(float))
        {
            var bits = a._value.AsInt32();
            mantissa = new(((bits & Vector128.Create(0x007FFFFF)) | Vector128.Create(0x3F800000)).As<int, T>());
            return new(((bits >>> 23) | Vector128.Create(0x4B000000)).As<int, T>() - Vector128.Create(Real<T>.Of(8388608.0 + 127)));
        }

        var wide = a._value.AsInt64();
        mantissa = new(((wide & Vector128.Create(0x000FFFFFFFFFFFFF)) | Vector128.Create(0x3FF0000000000000)).As<long, T>());
        return new(((wide >>> 52) | Vector128.Create(0x4330000000000000)).As<long, T>() - Vector128.Create(Real<T>.Of(4503599627370496.0 + 1023)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Vector128.Sum(_value);

    public T Largest()
    {
        var largest = _value[0];
        for (var i = 1; i < Count; i++) largest = T.Max(largest, _value[i]);
        return largest;
    }
}

using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>
/// SIMD arithmetic on <typeparamref name="V"/>, a vector of <see cref="Count"/> elements. A kernel that is generic over its lanes is written once;
/// the JIT compiles it for <see cref="Lanes512{T}"/>, <see cref="Lanes256{T}"/> or <see cref="Lanes128{T}"/>, for float and for double.
/// </summary>
internal unsafe interface ILanes<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct
{
    /// <summary>Elements per vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether 32 vector registers are there (AVX-512, ARM) rather than 16.</summary>
    static abstract bool ManyRegisters { get; }

    static abstract V Zero { get; }

    static abstract V Broadcast(T x);

    static abstract V Load(T* source);

    static abstract void Store(T* destination, V x);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    /// <summary>a · b + c, with one rounding where the processor fuses it.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    static abstract V Max(V a, V b);

    /// <summary>Sum of the elements.</summary>
    static abstract T Sum(V x);

    /// <summary>Largest element.</summary>
    static abstract T Largest(V x);

    /// <summary>x · 2ⁿ by adding n, the low bits of <paramref name="shifted"/> = n + 1.5 · 2^(mantissa bits), to the exponent field.</summary>
    static abstract V ScaleByPowerOfTwo(V x, V shifted);

    /// <summary>Zero where x &lt; limit, else y.</summary>
    static abstract V ZeroWhereBelow(V x, V limit, V y);
}

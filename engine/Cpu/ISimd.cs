using System.Numerics;

namespace SiaEngine.Cpu;

/// <summary>
/// A SIMD register of floats or doubles, so that a formula is written once and runs at every width: 512, 256 and 128 bits, and one element for tails.
/// Every operation rounds alike at every width, so an element's result does not depend on where in a span it stands.
/// </summary>
internal unsafe interface ISimd<TSelf, T>
    where TSelf : struct, ISimd<TSelf, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Elements per register.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in every lane, rounded to <typeparamref name="T"/>.</summary>
    static abstract TSelf Of(double value);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf All(T value);

    /// <summary>Reads <see cref="Count"/> elements; no alignment is needed.</summary>
    static abstract TSelf Load(T* source);

    /// <summary>Writes <see cref="Count"/> elements; no alignment is needed.</summary>
    void Store(T* destination);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf a);

    static abstract TSelf Abs(TSelf a);

    /// <summary>The larger; if either is NaN the result is <paramref name="b"/> or NaN, so put what may be NaN second.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller; if either is NaN the result is <paramref name="b"/> or NaN, so put what may be NaN second.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>Where a &gt; b the lane of <paramref name="yes"/>, elsewhere (and where a or b is NaN) that of <paramref name="no"/>.</summary>
    static abstract TSelf IfGreater(TSelf a, TSelf b, TSelf yes, TSelf no);

    /// <summary>The bits of the register shifted left by the mantissa width: turns a biased exponent held as an integer into its power of two.</summary>
    static abstract TSelf ToExponent(TSelf bits);

    /// <summary>Exponent n and mantissa m in [1, 2) of positive normal numbers, a = 2ⁿ m.</summary>
    static abstract TSelf Split(TSelf a, out TSelf mantissa);

    /// <summary>Sum of the lanes, in a fixed order.</summary>
    T Sum();

    /// <summary>Largest lane.</summary>
    T Largest();
}

using System.Runtime.CompilerServices;

namespace SiaEngine.Cpu;

/// <summary>Constants of kernels that are generic over float and double; the compiler folds them.</summary>
internal static class Real<T> where T : unmanaged
{
    /// <summary><paramref name="value"/> rounded to <typeparamref name="T"/>, float or double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of(double value) => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value);
}
